#!/bin/sh
# Appends what generate.py wrote to the tables of fraud-prod on Google Cloud:
#   load-gcp.sh DIR
# The files go below files/ of the zone raw, from where BigQuery loads them: nothing but BigQuery writes to the buckets of
# tables. The transactions go last, because new ones start a run.
set -eu
rows=$1
raw=gs://fraud-prod-lake-raw-333333333333/files/generated

for table in chargebacks transactions; do
  gcloud storage cp --recursive "$rows/$table" "$raw/"
  bq --project_id=fraud-ml-prod --location=europe-west4 query --nouse_legacy_sql \
    "LOAD DATA INTO fraud_prod_curated.$table FROM FILES (format = 'PARQUET', uris = ['$raw/$table/*.parquet'])"
done
