"""`python -m ingest`: build the index of a plan, or show what was read."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.collector import collector_held
from ingest.errors import JiwenError, SettingsError
from ingest.settings import Settings, load_settings
from ingest.temporary import keep_temporary_files_in

if TYPE_CHECKING:
    from ingest.index import Progress
    from ingest.library.build import Built


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (0 good, 1 the error was told)."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="读取规划文本，建立检索索引。")
    parser.add_argument("--source", help="规划文本（默认：随程序附带的吉林省“十四五”规划纲要）")
    parser.add_argument("--data", help="索引所在的文件夹")
    parser.add_argument(
        "--plans", metavar="文件夹", help="其他规划文本所在的文件夹，每个 .txt 一份，一并建好"
    )
    parser.add_argument("--rebuild", action="store_true", help="即使已有可用的索引也重新建立")
    parser.add_argument("--outline", action="store_true", help="只读取文本并列出章、节、专栏，不建索引")
    parser.add_argument(
        "--enrich", action="store_true", help="先用已配置的语言模型为还没有问句的段落写问句，中断后可接着做"
    )
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(source=options.source, data=options.data, plans=options.plans)
        if options.outline:
            _show_outline(settings.source)
            sys.stdout.flush()
            return 0
        keep_temporary_files_in(settings.data)
        with collector_held():
            from ingest.index import open_index
            from ingest.progress import bar_progress

        with bar_progress() as progress:
            if options.enrich:
                _enrich(settings, progress)
            index = open_index(settings, progress=progress, rebuild=options.rebuild)
            built = None
            if settings.plans is not None:
                from ingest.library.build import build_library

                built = build_library(settings, index.embedding, progress, rebuild=options.rebuild)
    except JiwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:  # whoever read the output (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("已中断；原有索引未受影响。\n")
        return 130
    state = "已建立" if index.built else "已是最新"
    sys.stdout.write(f"索引{state}：{index.manifest['passages']} 段，位于 {settings.data}\n")
    return _tell_built(built) if built is not None else 0


def _tell_built(built: "Built") -> int:
    """Say what came of the library of plans; 1 if a plan could not be read."""
    sys.stdout.write(
        f"规划库已更新：新建或更新 {len(built.changed)} 份，未变 {len(built.kept)} 份，"
        f"移除 {len(built.removed)} 份。\n"
    )
    for key, reason in built.failed.items():
        sys.stderr.write(f"{key} 没有建好：{reason}\n")
    return 1 if built.failed else 0


def _enrich(settings: Settings, progress: "Progress") -> None:
    from ingest.models.build import language_model_from
    from ingest.models.enrich import enrich
    from prompts import prompt

    llm = language_model_from(settings)
    if llm is None:
        raise SettingsError(
            "--enrich 需要语言模型。请用 JIWEN_LLM、JIWEN_LLM_MODEL 等设置选好模型（见 docs/models.md）。"
        )
    count, total = enrich(settings, llm, prompt("enrich"), progress)
    sys.stderr.write(f"已有问句的段落：{count}/{total}\n")


def _show_outline(source: Path) -> None:
    from ingest.numerals import chinese_numeral
    from ingest.plan import Box
    from ingest.reader import read_plan, read_source

    plan = read_plan(read_source(source))
    out = sys.stdout
    out.write(f"{plan.title}（{plan.pages_total}页）\n")
    for chapter in plan.chapters:
        out.write(f"第{chinese_numeral(chapter.number)}章 {chapter.title}\n")
        for section in chapter.sections:
            if section.number:
                out.write(f"  第{chinese_numeral(section.number)}节 {section.title}\n")
            for block in section.blocks:
                if isinstance(block, Box):
                    out.write(f"    专栏{block.number} {block.title}（{len(block.items)}项）\n")
    out.write(f"名词解释 {len(plan.terms)} 条\n")


if __name__ == "__main__":
    sys.exit(main())
