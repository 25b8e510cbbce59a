#!/bin/sh
# Appends what generate.py wrote to the tables of fraud-prod on AWS:
#   load-aws.sh DIR
# The files go below files/ of the zone raw, from where Athena inserts them: nothing but Athena writes below tables/. The
# transactions go last, because new ones start a run.
set -eu
rows=$1
region=eu-central-1
raw=s3://fraud-prod-lake-raw-333333333333-$region/files/generated

query() {
  id=$(aws athena start-query-execution --region $region --work-group fraud-prod-tables \
    --query-string "$1" --query QueryExecutionId --output text)
  while
    state=$(aws athena get-query-execution --region $region --query-execution-id "$id" \
      --query QueryExecution.Status.State --output text)
    [ "$state" = QUEUED ] || [ "$state" = RUNNING ]
  do
    sleep 2
  done
  [ "$state" = SUCCEEDED ] || { echo "$state: $1" >&2; exit 1; }
}

load() {
  aws s3 cp --region $region --recursive "$rows/$1" "$raw/$1/"
  query "CREATE EXTERNAL TABLE fraud_prod_raw.generated_$1 ($2) STORED AS PARQUET LOCATION '$raw/$1/'"
  query "INSERT INTO fraud_prod_curated.$1 SELECT * FROM fraud_prod_raw.generated_$1"
  query "DROP TABLE fraud_prod_raw.generated_$1"
}

load chargebacks "transaction_id string, reason string, amount decimal(12,2), disputed_on date"
load transactions "transaction_id string, card_id string, merchant_id string, amount decimal(12,2), currency string, authorised boolean, ts timestamp"
