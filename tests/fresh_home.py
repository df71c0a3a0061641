"""A home with the demo data and nothing else, in which the notebooks' outputs are reproducible."""

import atexit
import os
import shutil
import tempfile

# Vector widths change the last digits of a sum, and a neural network amplifies them: the
# committed outputs are those of AVX2, which every x86-64 machine of the last decade has.
SAME_ARITHMETIC = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "1",
}


def make_fresh_home() -> str:
    """Point RETENCION_HOME at a new temporary folder that holds the demo data."""
    home = tempfile.mkdtemp(prefix="retencion-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.update(SAME_ARITHMETIC, RETENCION_HOME=home)
    from retencion_lib.tables import write_demo

    write_demo()
    return home
