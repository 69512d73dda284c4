"""Ingestion: the plan's text becomes an outline, passages and an index."""

import os

from ingest.later import leave_for_later

# Many questions are answered at once: a product that takes a fraction of a millisecond is not worth waking
# other cores for, whose threads then wait busily and take the time from those questions (half of all of it,
# on two cores). numpy reads this when it is imported, so it stands where every command begins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Where everything of ours is imported from: what libraries import in vain costs a third of a second.
leave_for_later()
