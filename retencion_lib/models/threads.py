"""One thread of linear algebra: matrices here are small, and threads would wait for each other.

Their number would also change the last digits from one machine to another.
"""

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """Context in which the linear algebra uses one thread."""
    return threadpool_limits(1, user_api="blas")
