"""How the two entities of a pair are marked in the text: marker styles by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from relatome.data import Mention, Schema

Role = Literal["head", "tail"]
ROLES: tuple[Role, Role] = ("head", "tail")


class Tags(NamedTuple):
    """What opens and what closes a mention."""

    open: str
    close: str

    def of(self, type: str) -> Tags:
        """The tags of one entity type."""
        return Tags(self.open.format(type=type), self.close.format(type=type))


@dataclass(frozen=True)
class MarkerStyle:
    """One way of marking the mentions of a pair.

    Tags are templates in which ``{type}`` is the entity's type under the pair's rule.

    Attributes:
        head: tags of the head's mentions.
        tail: tags of the tail's mentions.
        prompt_head: tags of the head in a prompt, where they differ.
        prompt_tail: tags of the tail in a prompt, where they differ.
        plain: templates that are text like any other. All others are registered in the tokenizer,
            each as one token.
        fine: whether the type is that of the mention, as fine as the corpus has it
            (`Mention.fine_type`), and not that of the rule.
    """

    head: Tags
    tail: Tags
    prompt_head: Tags | None = None
    prompt_tail: Tags | None = None
    plain: frozenset[str] = frozenset()
    fine: bool = False

    def tags(self, role: Role, type: str) -> Tags:
        """What stands around a mention in the text.

        Args:
            role: of the mention's entity in the pair.
            type: what `type_of` returned.
        """
        return (self.head if role == "head" else self.tail).of(type)

    def prompt_tags(self, role: Role, type: str) -> Tags:
        """What stands around an entity's name in a prompt."""
        own = self.prompt_head if role == "head" else self.prompt_tail
        return self.tags(role, type) if own is None else own.of(type)

    def type_of(self, mention: Mention, type: str, schema: Schema) -> str:
        """The type a mention is marked with.

        Args:
            mention: of the head or tail.
            type: the entity's type under the pair's rule.
            schema: whose spellings of the type are the finer types there are; a mention with none
                of them is marked with the type itself.
        """
        if self.fine and mention.fine_type in schema.entity_types[type]:
            return mention.fine_type
        return type

    def tokens(self, schema: Schema) -> tuple[str, ...]:
        """The markers to register in the tokenizer, each as one token; others are plain text."""
        found: dict[str, None] = {}
        for rule in schema.pairs:
            for role, type in zip(ROLES, (rule.head, rule.tail), strict=True):
                for each in (type, *schema.entity_types[type]) if self.fine else (type,):
                    found |= dict.fromkeys(self.tags(role, each) + self.prompt_tags(role, each))
                    for template in self.plain:
                        found.pop(template.format(type=each), None)
        return tuple(found)


_TYPED = (Tags("[S:{type}]", "[/S:{type}]"), Tags("[O:{type}]", "[/O:{type}]"))
_BOUNDARY = Tags("[{type}]", "[/{type}]")
_CONCEPT = Tags("@E", "E/@")

MARKERS: dict[str, MarkerStyle] = {
    # Paper B, section III: subject and object with their types, after PURE.
    "typed": MarkerStyle(*_TYPED),
    # Paper B, system 3: GENE-Y and GENE-N in place of GENE.
    "typed-fine": MarkerStyle(*_TYPED, fine=True),
    # Paper A, eq. 4: the type alone, whichever of the two the entity is.
    "boundary": MarkerStyle(_BOUNDARY, _BOUNDARY),
    # Paper C: all mentions of both entities alike.
    "concept": MarkerStyle(_CONCEPT, _CONCEPT),
    # As BioREx's released code does it (ncbi/BioREx, dump_documents_2_bert_format and
    # run_ncbi_rel_exp.py): in the text the slash of a closing tag stands before the $, in the
    # prompt and in the list of registered tokens behind the @. So the closing tags of the text,
    # alone, are cut into word pieces.
    "biorex": MarkerStyle(
        Tags("@{type}Src$", "@{type}Src/$"),
        Tags("@{type}Tgt$", "@{type}Tgt/$"),
        Tags("@{type}Src$", "@/{type}Src$"),
        Tags("@{type}Tgt$", "@/{type}Tgt$"),
        plain=frozenset(("@{type}Src/$", "@{type}Tgt/$")),
    ),
}
