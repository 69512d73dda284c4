"""Gradio is imported without writing into the installed packages, and without pandas."""

import json

_PROGRAM = """
import json, sys
touched = []
sys.addaudithook(lambda event, args: touched.append(str(args[0])) if event == "open" else None)
from bot.web.gradio_import import import_gradio
import_gradio()
import gradio
imported = "pandas" in sys.modules
from gradio import caching
frame = caching.pd.DataFrame({"a": [1, 2]})
import pandas
told = {
    "stubs": [name for name in touched if name.endswith(".pyi")],
    "imported": imported,
    "same": isinstance(frame, pandas.DataFrame) and caching.pd.NA is pandas.NA,
    "components": bool(gradio.Textbox(label="问").change and gradio.Button("答").click),
}
print(json.dumps(told))
"""


def test_no_stub_is_touched_and_pandas_comes_when_it_is_used(run_python):
    run = run_python("-c", _PROGRAM)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told == {"stubs": [], "imported": False, "same": True, "components": True}


def test_pandas_that_is_there_already_stays(run_python):
    program = "import pandas; from bot.web.gradio_import import import_gradio; import_gradio()"
    run = run_python("-c", f"{program}; from gradio import caching; assert caching.pd is pandas")
    assert run.returncode == 0, run.stderr
