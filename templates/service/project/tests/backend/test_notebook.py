import pytest

from app.backend.notebook import LONGEST, MOST, Note, Notebook, NoteRefused


def test_notes_are_kept_in_their_order() -> None:
    notebook = Notebook()
    notebook.add("first")
    notebook.add("  second ")
    assert notebook.all() == (Note(1, "first"), Note(2, "second"))


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST + 1)], ids=["none", "blank", "long"])
def test_what_is_no_note_is_refused(text: str) -> None:
    notebook = Notebook()
    with pytest.raises(NoteRefused):
        notebook.add(text)
    assert notebook.all() == ()


def test_the_oldest_note_makes_room() -> None:
    notebook = Notebook()
    for number in range(MOST + 1):
        notebook.add(f"note {number}")
    assert len(notebook.all()) == MOST
    assert notebook.all()[0] == Note(2, "note 1")
