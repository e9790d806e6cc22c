"""Reads an OpenMetrics page, the file named, with the parser of PyPI's prometheus_client,
whose strict mode refuses what the format forbids, and prints each sample as `name value`."""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

page = open(sys.argv[1], encoding="utf-8").read()
for family in text_string_to_metric_families(page):
    for sample in family.samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        print(sample.name + (f"{{{labels}}}" if labels else ""), sample.value)
