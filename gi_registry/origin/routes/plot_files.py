"""Pages on which a producer brings a file of plots, looks at what would come of it, and confirms."""

from __future__ import annotations

from werkzeug.wrappers import Response

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, bp
from gi_registry.origin.rules.plot_files import KEY_WORDS, Chosen
from gi_registry.origin.schemas import Decisions, FileChoices, Version
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/authorisations/<int:authorisation_id>/plots/import")
@access("plot:edit")
def new_plot_file(authorisation_id: int) -> str:
    """Show the form that brings a file of plots, and the files that wait."""
    authorisation, gi, waiting = service.import_page(current_work(), authorisation_id)
    return page("origin/plot_import.html", authorisation=authorisation, gi=gi, waiting=waiting, **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/plots/import")
@access("plot:edit")
def bring_plot_file(authorisation_id: int) -> Response:
    """Keep a file of plots and show what would come of it."""
    reshow(new_plot_file, authorisation_id)
    service.import_page(current_work(), authorisation_id)
    upload = uploaded("file")
    if upload is None:
        raise invalid("file", say("没有选择文件。"), say("请选择测绘单位或手机导出的地块文件。"))
    file = service.bring_file(current_work(), authorisation_id, name=upload.name, content=upload.content)
    return redirect_with(None, "origin.show_plot_file", file_id=file.id)


@bp.get("/plots/files/<int:file_id>")
@access("plot:edit")
def show_plot_file(file_id: int) -> str:
    """Show what would come of a file, plot by plot; once it is stored, what came of it."""
    return page("origin/plot_file.html", shown=service.file_page(current_work(), file_id), keys=KEY_WORDS, **WORDS)


@bp.post("/plots/files/<int:file_id>/reading")
@access("plot:edit")
def choose_reading(file_id: int) -> Response:
    """Say how a file is to be read."""
    reshow(show_plot_file, file_id)
    file = service.choose_reading(current_work(), file_id, read_form(FileChoices), version=read_form(Version).version)
    return redirect_with(say("已按新的读法重新读取。"), "origin.show_plot_file", file_id=file.id)


@bp.post("/plots/files/<int:file_id>/store")
@access("plot:edit")
def store_plot_file(file_id: int) -> Response:
    """Store the chosen plots of a file, once."""
    reshow(show_plot_file, file_id)
    given = read_form(Decisions)
    chosen = Chosen(frozenset(given.take), frozenset(given.repair), frozenset(given.shift))
    version = read_form(Version).version
    stored = service.store_file(current_work(), file_id, chosen, partial=given.scope == "good", version=version)
    return redirect_with(say("已登记 %(n)s 块地。", n=len(stored)), "origin.show_plot_file", file_id=file_id)


@bp.post("/plots/files/<int:file_id>/drop")
@access("plot:edit")
def drop_plot_file(file_id: int) -> Response:
    """Give a file of plots up."""
    file = service.drop_file(current_work(), file_id, version=read_form(Version).version)
    return redirect_with(say("文件已放弃，没有登记地块。"), "origin.list_plots", authorisation_id=file.authorisation_id)
