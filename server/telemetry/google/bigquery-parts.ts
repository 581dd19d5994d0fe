/** The lake's dataset and table in BigQuery, as statements of SQL that change nothing where they are. */
import { within } from "../lake/bigquery/backoff.ts";
import { columns, isDatasetMade, isTableMade } from "../lake/bigquery/table.ts";
import type { ResolvedNames } from "./names.ts";
import { answerMs, type Part, quoted } from "./part.ts";

export function bigQueryParts({ lake }: ResolvedNames): Part[] {
  const { project, dataset, table } = lake;
  const run = (sql: string) =>
    `bq query --project_id=${project}${lake.location ? ` --location=${lake.location}` : ""} --use_legacy_sql=false ${quoted(sql)}`;
  return [
    {
      by: "BigQuery",
      title: "dataset of the lake",
      what: `dataset ${dataset}`,
      command: run(datasetSql(lake)),
      make: ({ bigquery }) => within(answerMs, isDatasetMade(bigquery)),
    },
    {
      by: "BigQuery",
      title: "table of the lake",
      what: `table ${dataset}.${table}`,
      command: run(tableSql(lake)),
      make: ({ bigquery }) => within(answerMs, isTableMade(bigquery)),
    },
  ];
}

const datasetSql = ({ project, dataset, location }: ResolvedNames["lake"]) =>
  `CREATE SCHEMA IF NOT EXISTS \`${project}.${dataset}\`${location ? ` OPTIONS(location="${location}")` : ""}`;

function tableSql({ project, dataset, table, keepDays }: ResolvedNames["lake"]): string {
  const fields = columns.map(({ name, type, mode }) => `${name} ${type}${mode === "REQUIRED" ? " NOT NULL" : ""}`).join(", ");
  const options = `require_partition_filter=TRUE${keepDays ? `, partition_expiration_days=${keepDays}` : ""}`;
  return `CREATE TABLE IF NOT EXISTS \`${project}.${dataset}.${table}\` (${fields}) PARTITION BY TIMESTAMP_TRUNC(time, DAY) CLUSTER BY agent, operation OPTIONS(${options})`;
}
