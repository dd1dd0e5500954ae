"""``relatome adapt``: an encoder made familiar with biomedical text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relatome.errors import ADAPTATION_INPUT, EXTRA_MISSING, MissingExtraError, UsageError

if TYPE_CHECKING:
    from relatome.data import Document
    from relatome.formats import Problems
    from relatome.recipes import MaskedWords


def adapt(
    recipe: Annotated[
        str, typer.Argument(metavar="RECIPE", help="An adaptation's name or TOML file.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Text: JSON Lines with id, title and abstract or text, gzip or not. Or documents "
            "with annotated entities, in any format relatome reads. Folders of them, too.",
        ),
    ] = None,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="RUN", help="Folder of the run.")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped.")
    ] = False,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated."),
    ] = None,
    corpora: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where corpora lie; default: $RELATOME_CORPORA."),
    ] = None,
) -> None:
    """Make an encoder familiar with biomedical text, for recipes to start from.

    Adaptations to words learn to predict hidden words of plain text,
    adaptations to entities to tell which entities of annotated documents are hidden.

    Documents of every dev and test split found among the corpora are left out, by id and title.

    Examples:

    relatome adapt minilm-biomedical abstracts/ --output runs/minilm-biomedical

    relatome adapt embre-minilm --output runs/embre-minilm
    """
    from relatome import formats
    from relatome.recipes import MaskedWords, load_adaptation

    chosen = load_adaptation(recipe, tuple(override or ()))
    if isinstance(chosen, MaskedWords):
        if not files:
            raise UsageError(ADAPTATION_INPUT, name=recipe, kind="text")
    elif not files and (chosen.files or not chosen.train):
        raise UsageError(ADAPTATION_INPUT, name=recipe, kind="documents")
    try:
        from relatome.training import adaptation
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if isinstance(chosen, MaskedWords):
        encoder = _to_words(chosen, files or [], output, corpora, resume=resume)
    else:
        problems = formats.Problems()
        documents = _documents(files or [], problems)
        encoder = adaptation.adapt_to_entities(chosen, documents, output, corpora, resume=resume)
        if problems.count:
            problems.write(output / "problems.jsonl")
            typer.echo(f"Left out: {problems.summary()}, see {output / 'problems.jsonl'}.")
    typer.echo(f"Encoder: {encoder}")
    typer.echo(f"Next: relatome train small -o RUN --set encoder.name={encoder}")


def _to_words(
    recipe: MaskedWords, files: list[Path], output: Path, corpora: Path | None, *, resume: bool
) -> Path:
    from relatome.models import load_encoder
    from relatome.training import adaptation
    from relatome.training.adaptation import Blocks, Evaluation, read_texts

    judged = adaptation.evaluation_splits(corpora)
    names = ", ".join(split.name for split in judged) or "no split at hand"
    begun = adaptation.prepared_encoder(recipe.encoder.name, output.parent, corpora)
    _, tokenizer = load_encoder(begun or recipe.encoder.name)
    evaluation = Evaluation(document for split in judged for document in split.documents)
    vocabulary = adaptation.replacement(
        recipe, read_texts(files), tokenizer, evaluation, output, resume=resume
    )
    if vocabulary is not None:
        tokenizer = vocabulary.tokenizer
        typer.echo(
            "{vocabulary_pieces:,} pieces, {vocabulary_shared:,} of them in the old vocabulary; "
            "{vocabulary_pieces_per_word} pieces a word, "
            "{vocabulary_pieces_per_word_before} before.".format(**vocabulary.facts)
        )
    blocks = Blocks(read_texts(files), tokenizer, recipe.length, evaluation)
    typer.echo(
        f"{blocks.texts:,} texts, {len(blocks):,} blocks of {recipe.length} tokens; "
        f"{blocks.left_out:,} texts left out as documents of {names}."
    )
    return adaptation.mask_words(
        recipe, blocks, output, resume=resume, encoder=begun, vocabulary=vocabulary
    )


def _documents(paths: list[Path], problems: Problems) -> Iterator[Document]:
    """The documents of files, of BRAT folders, and of all files in other folders, by name.

    What cannot be used, such as a file of another kind or a document given twice, is a problem.
    """
    from relatome import formats
    from relatome.formats.brat import is_brat

    for path in paths:
        whole = not path.is_dir() or is_brat(path)
        for file in [path] if whole else sorted(each for each in path.iterdir() if each.is_file()):
            yield from formats.read(file, on_error=problems)
