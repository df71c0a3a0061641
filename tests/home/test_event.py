"""A line of the ledger with its fields by name."""

import pytest

from retencion_lib.home.event import Content, Event, Model, Rewritten


def test_what_a_line_holds_is_read_into_its_fields():
    read = Event.of({
        "seq": 3, "event": "run_finished", "run_id": "r1", "status": "ok",
        "outputs": [{"path": "logs/a.csv", "sha256": "a" * 64, "bytes": 5, "offset": 0}],
    })  # fmt: skip
    assert (read.seq, read.run_id, read.status) == (3, "r1", "ok")
    assert read.outputs == (Content("logs/a.csv", "a" * 64, 5, offset=0),)


def test_what_a_line_does_not_hold_is_empty():
    read = Event.of({"event": "clock"})
    assert (read.run_id, read.offset, read.inputs, dict(read.files)) == (None, None, (), {})


def test_models_and_blocks_inside_a_line_have_fields_too():
    changed = {"logs/a.csv": {"0": {"bytes": 1, "rows": 0, "sha256": "b" * 64}}}
    assert Event.of({"event": "erasure", "blocks": changed}).blocks["logs/a.csv"]["0"] == (
        Rewritten(1, 0, "b" * 64)
    )
    model = {"model": "xgb v0.1", "name": "xgb", "sha256": "c" * 64}
    read = Event.of({"event": "promotion", "old": None, "new": model})
    assert (read.old, read.new) == (None, Model("xgb v0.1", "xgb", "c" * 64))


@pytest.mark.parametrize(
    "facts", [{"inputs": 5}, {"inputs": ["a"]}, {"files": []}, {"blocks": [1]}]
)
def test_a_line_of_another_shape_is_refused_and_never_half_read(facts):
    with pytest.raises((TypeError, AttributeError)):
        Event.of({"event": "run_finished", **facts})


def test_a_content_is_written_without_what_is_not_known():
    assert Content("a.json", "d" * 64, 7).plain() == {
        "path": "a.json", "sha256": "d" * 64, "bytes": 7,
    }  # fmt: skip
