#!/bin/sh
# Asks the endpoint of fraud-prod on Google Cloud what ask.py wrote:
#   ask-gcp.sh DIR
# The endpoint is reached by an address in the platform's network alone: run it on a machine there, in the same region, that
# may call Vertex AI. Its certificate is for a name and the address has none, so it is not checked.
# Source: Vertex AI documentation, "Use dedicated private endpoints based on Private Service Connect for online inference".
set -eu
project=fraud-ml-prod
region=europe-west4
address=$(gcloud compute addresses describe fraud-prod-serving-fraud-detector \
  --project $project --region $region --format 'value(address)')
endpoint=$(gcloud ai endpoints list --project $project --region $region \
  --filter displayName=fraud-prod-fraud-detector --format 'value(name)')

for request in "$1"/*.json; do
  curl --silent --show-error --fail --insecure --output /dev/null --data "@$request" \
    --header 'Content-Type: application/json' --header "Authorization: Bearer $(gcloud auth print-access-token)" \
    "https://$address/v1/$endpoint:predict"
done
