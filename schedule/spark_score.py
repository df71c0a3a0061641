"""Retención in Spark: score a table where it lies, with the function that every engine gets.

    spark-submit schedule/spark_score.py hdfs:///clientes artifacts/xgb__v0.1.pkl hdfs:///puntuado

The project is installed where Spark's workers run Python; RETENCION_HOME is needed only where this
file runs, for the model. Scores are those of 04, to the last digit; the list, the log and the
ledger are 04's business: give it the customers of whom something is to be decided.
"""

import sys

from pyspark.sql import SparkSession

from retencion_lib.home.experiments import experiments
from retencion_lib.models.arrow import arrow_scorer
from retencion_lib.models.stored import load_known


def main(table: str, model: str, output: str) -> None:
    """Score the Parquet table of an address with a model that was trained here."""
    score = arrow_scorer(load_known(model, experiments()))
    spark = SparkSession.builder.appName("retencion").getOrCreate()
    scored = spark.read.parquet(table).mapInArrow(score, score.ddl)
    scored.write.mode("errorifexists").parquet(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
