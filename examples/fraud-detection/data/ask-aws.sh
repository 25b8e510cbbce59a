#!/bin/sh
# Asks the endpoint of fraud-prod on AWS what ask.py wrote:
#   ask-aws.sh DIR
set -eu
for request in "$1"/*.json; do
  aws sagemaker-runtime invoke-endpoint --region eu-central-1 --endpoint-name fraud-prod-fraud-detector \
    --content-type application/json --body "fileb://$request" /dev/null > /dev/null
done
