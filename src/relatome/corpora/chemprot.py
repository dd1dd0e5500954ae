"""ChemProt (BioCreative VI) and DrugProt (BioCreative VII), which contains its abstracts."""

from __future__ import annotations

import msgspec

from relatome.corpora.corpus import Corpus, CorpusFile, SplitEntry
from relatome.data.schemas import CHEMPROT as CHEMPROT_SCHEMA
from relatome.data.schemas import DRUGPROT as DRUGPROT_SCHEMA

# The distribution of the training set with all 3,500 abstracts could not be had; its files of
# entities and relations, restricted to the abstracts with text, are read unchanged.
DRUGPROT = Corpus(
    name="drugprot",
    title=(
        "DrugProt: PubMed abstracts, thirteen types of relation from chemicals to genes; "
        "1,989 of the 3,500 training abstracts"
    ),
    citation=(
        "Miranda-Escalada A, Mehryary F, Luoma J, Estrada-Zavala D, Gasco L, Pyysalo S, Valencia "
        "A, Krallinger M. Overview of DrugProt task at BioCreative VII. Database 2023, baad080. "
        "doi:10.1093/database/baad080"
    ),
    licence="CC BY 4.0",
    terms="The annotations may be used and shared with credit to the authors.",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://zenodo.org/records/5119892",
    schema=DRUGPROT_SCHEMA,
    format="tsv-triple",
    splits=(
        SplitEntry(
            "train",
            "train",
            1989,
            (
                CorpusFile(
                    "training_text_available/drugprot_training_abstracs.tsv",
                    "f7dd27f8ec2f7f96e657a79779d8a7e336ed94c47b60f0adbcb66173bba020c1",
                ),
                CorpusFile(
                    "training_text_available/drugprot_training_entities.tsv",
                    "f79c29bcb4ea415d15ee72844e37dd81acc64c18ffe792bb186776f192bae9da",
                ),
                CorpusFile(
                    "training_text_available/drugprot_training_relations.tsv",
                    "b53ba7c6443a2afcacf12cfaae36064b6d791ae6a29ec95202b0c46c15bb0261",
                ),
            ),
        ),
        SplitEntry(
            "dev",
            "dev",
            750,
            (
                CorpusFile(
                    "development/drugprot_development_abstracs.tsv",
                    "dc9a9deb6c4e37bc67380b888718689f3f11edc4e09de838891674d6565d89b8",
                ),
                CorpusFile(
                    "development/drugprot_development_entities.tsv",
                    "212c88668c611edf067ae39f052494febbb8dcb2fc81af8160507a4a176c667e",
                ),
                CorpusFile(
                    "development/drugprot_development_relations.tsv",
                    "6df63c08a7e1ae50d9bf32a2c91eeec641e9b879cfd3b1a4cec15b0b2781403d",
                ),
            ),
        ),
    ),
    folders=("drugprot",),
)


def _triple(folder: str, stem: str, ending: str, *checksums: str) -> tuple[CorpusFile, ...]:
    kinds = ("abstracts", "entities", "relations")
    return tuple(
        CorpusFile(f"{folder}/{stem}_{kind}{ending}.tsv", checksum)
        for kind, checksum in zip(kinds, checksums, strict=True)
    )


CHEMPROT = Corpus(
    name="chemprot",
    title="ChemProt: PubMed abstracts, chemical-protein relations in ten groups, five judged",
    citation=(
        "Krallinger M, Rabal O, Akhondi SA, et al. Overview of the BioCreative VI chemical-protein "
        "interaction track. Proceedings of the BioCreative VI Workshop, 2017, 141-146."
    ),
    licence="public domain mark",
    terms=(
        "Listed in catalogues of data sets as public domain; no licence comes with the files, and "
        "the organisers ask for a registration. The abstracts may be under copyright of their "
        "publishers."
    ),
    licence_url="https://creativecommons.org/publicdomain/mark/1.0/",
    homepage="https://biocreative.bioinformatics.udel.edu/news/corpora/",
    schema=CHEMPROT_SCHEMA,
    format="tsv-triple",
    splits=(
        SplitEntry(
            "train",
            "train",
            1020,
            _triple(
                "chemprot_training",
                "chemprot_training",
                "",
                "2eef8782dc6c1474115ce5b780d6b4bc8f68d98e34fbf1619b9502fafc97685b",
                "ec01f954803d6854965b36b4c222001246b93b683a8fde4f4944132779161a7e",
                "f7fad40e618b60a048db7131ddbc49d8b1cf06340528bbdbd9cf30026d72eb85",
            ),
        ),
        SplitEntry(
            "dev",
            "dev",
            612,
            _triple(
                "chemprot_development",
                "chemprot_development",
                "",
                "186a45a6b604d602c3fcf2a04fe6cc9b5f5d6dbe5542babfc685d56db1fd617d",
                "7b75bd8e5397a72a29a387bb12f847487938b7469c84d04b289ccaa8009ec12a",
                "dff73eb2a6f88137d6d358e713bfd56d6cba047013105f2a742ec660448379a7",
            ),
        ),
        SplitEntry(
            "test",
            "test",
            800,
            _triple(
                "chemprot_test_gs",
                "chemprot_test",
                "_gs",
                "9b7de664f0b4231d6e58992f091aa36bc577ca3f12f0565bc2d898af3982645b",
                "37a9addd54822a1fd8636cddca01dd9ddadc0776b76140271869bf9e02203d99",
                "ca3ba8a7b205c909efef2ab7113f007e3e05a6c82be60cff904c4b7772e81421",
            ),
        ),
    ),
    folders=("chemprot",),
)

# A corpus of its own: it shares 16 abstracts with train and dev.
CHEMPROT_SAMPLE = msgspec.structs.replace(
    CHEMPROT,
    name="chemprot-sample",
    title="ChemProt's sample: 50 abstracts with the organisers' example of a prediction",
    splits=(
        SplitEntry(
            "sample",
            "train",
            50,
            _triple(
                "chemprot_sample",
                "chemprot_sample",
                "",
                "662f468a3c7efe3b1ca63cc9471545c287a3d17ad0e00963631261112c4aa0a7",
                "168cca52c083b0a60bd4d807465ae52ee5082148adb1902757b5e312bdd2fec7",
                "9e968505a93e58d5b483d5127f4f6a46f9c2bbf9f3a82d87ff7fe495b870123e",
            ),
        ),
    ),
    folders=("chemprot-sample", "chemprot"),
)
