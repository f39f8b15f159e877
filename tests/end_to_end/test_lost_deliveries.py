from __future__ import annotations

import pytest

from sandbox import stories
from sandbox.server import Sandbox
from tests.adapters.waiting import PATIENCE
from tests.end_to_end import claims
from tests.end_to_end.conftest import Hire

NEVER = "86400"
HEALERS = {
    "redelivery": {"REDELIVER_EVERY": "1", "SWEEP_EVERY": NEVER},
    "both healers": {"REDELIVER_EVERY": "2", "SWEEP_EVERY": "2"},
}


@pytest.mark.parametrize(
    ("healers", "seed"),
    [
        ("redelivery", 1),
        ("both healers", 2),
        *(pytest.param("both healers", seed, marks=pytest.mark.soak) for seed in range(3, 13)),
    ],
    indirect=["seed"],
)
@pytest.mark.usefixtures("seed")
def test_the_stories_end_alike_with_a_fifth_of_the_deliveries_lost_and_others_doubled_and_swapped(
    sandbox: Sandbox, hire: Hire, healers: str
) -> None:
    crew = hire(**HEALERS[healers])
    troubles = sandbox.delivery_faults
    troubles.lost = troubles.doubled = troubles.swapped = 0.2

    stage = stories.set_stage(sandbox, deadline=PATIENCE)
    stories.play(stage)

    claims.the_stories_end_well(stage, crew)
    assert any(each.status == "lost" for each in sandbox.store.deliveries)
