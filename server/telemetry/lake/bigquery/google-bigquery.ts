/** Google's library for BigQuery, named once: a module of our own is what the bundler can load later with its names. */
export { BigQuery } from "@google-cloud/bigquery";
