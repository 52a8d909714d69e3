"""Notebooks: their cells are analysed together and shown each on its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lsprotocol import types

    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server

_CODE = 2  # NotebookCellKind.Code


class Notebooks:
    """The notebook side of a server."""

    def __init__(self, server: Server) -> None:
        """Serve that server's notebooks."""
        self._server = server

    def opened(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Take in a notebook with its cells."""
        uri = params.notebook_document.uri
        texts = {item.uri: item for item in params.cell_text_documents}
        cells = [
            (cell.document, item.language_id, item.version, item.text)
            for cell in params.notebook_document.cells
            if (item := texts.get(cell.document)) is not None
        ]
        unit = self._server.documents.add_notebook(uri, cells)
        self._server.reviews.refresh(self._server.projects.of(uri))
        self._server.origins.opened(unit)
        self._server.look(unit)

    def changed(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Follow changes of the list of cells, then of their texts."""
        change = params.change.cells
        uri = params.notebook_document.uri
        documents = self._server.documents
        if change is None or uri not in documents.units:
            return
        if change.structure is not None:
            self._restructure(uri, change.structure)
        for text in change.text_content or ():
            cell = text.document.uri
            if cell in documents.open:
                self._edit(documents.units[uri], cell, text.document.version, text.changes)
        self._server.look(documents.rebuild(uri))

    def closed(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Let a notebook go."""
        uri = params.notebook_document.uri
        if (unit := self._server.documents.units.get(uri)) is not None:
            self._server.origins.closed(unit)
            self._server.forget(uri, self._server.documents.remove_notebook(uri))

    def _restructure(self, uri: str, structure: types.NotebookDocumentCellChangeStructure) -> None:
        opened = {item.uri: item for item in structure.did_open or ()}
        cells: list[tuple[str, str | None, int, str]] = []
        for cell in structure.array.cells or ():
            item = opened.get(cell.document)
            if item is None:
                cells.append((cell.document, None, 0, ""))
            else:
                cells.append((cell.document, item.language_id, item.version, item.text))
        array = structure.array
        gone = self._server.documents.splice_cells(
            uri, array.start, array.delete_count, cells, self._server.clock()
        )
        for cell_uri in gone:
            self._server.display.push(cell_uri, None, [])
        # The findings' offsets were those of the old order.
        self._server.documents.rebuild(uri).answers.clear()

    def _edit(
        self,
        unit: Unit,
        cell: str,
        version: int,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        makes = [partial(self._server.units.edit, change) for change in changes]
        if any(part.document is self._server.documents.open[cell] for part in unit.parts):
            document = self._server.documents.open[cell]
            now = self._server.clock()
            _, told = self._server.documents.edit(cell, makes, version, now)
            self._server.origins.edited(unit, document, told=told)
