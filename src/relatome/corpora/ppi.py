"""The five protein interaction corpora in the unified format of Pyysalo et al. 2008.

The files come divided in two by document; that division is not the authors' and is not offered:
the corpus is one split, from which folds by document are customary.
"""

from __future__ import annotations

from relatome.corpora.corpus import Corpus, CorpusFile, Download, SplitEntry
from relatome.data.schemas import PPI as SCHEMA

_UNIFIED = (
    "Unified format: Pyysalo S, Airola A, Heimonen J, Bjorne J, Ginter F, Salakoski T. Comparative "
    "analysis of five protein-protein interaction corpora. BMC Bioinformatics 9(Suppl 3):S6, 2008."
)
_HOMEPAGE = "https://github.com/metalrt/ppi-dataset"
_ADDRESS = (
    "https://raw.githubusercontent.com/metalrt/ppi-dataset/"
    "dd49ea3217dd54043940a26f326108d1915f46df/csv_output"
)
_UNKNOWN = (
    "No licence is stated, neither by the authors nor in this copy, which is not the authors' own. "
    "Do not redistribute it."
)


def _corpus(
    name: str,
    folder: str,
    documents: int,
    train: tuple[str, int],
    test: tuple[str, int],
    title: str,
    citation: str,
    licence: str = "unknown",
    terms: str = _UNKNOWN,
    licence_url: str = _HOMEPAGE,
    further: tuple[SplitEntry, ...] = (),
) -> Corpus:
    """A corpus of two files, each given by its checksum and its size in bytes."""
    parts = {f"{folder}-train.xml": train, f"{folder}-test.xml": test}
    files = tuple(CorpusFile(f"{folder}/{file}", sha256) for file, (sha256, _) in parts.items())
    return Corpus(
        name=name,
        title=title,
        citation=f"{citation} {_UNIFIED}",
        licence=licence,
        terms=terms,
        licence_url=licence_url,
        homepage=_HOMEPAGE,
        schema=SCHEMA,
        format="ppi-xml",
        splits=(SplitEntry("all", "train", documents, files), *further),
        folders=(name, "ppi"),
        downloads=tuple(
            Download(f"{_ADDRESS}/{file}", sha256, size) for file, (sha256, size) in parts.items()
        ),
    )


AIMED = _corpus(
    "aimed",
    "AIMed",
    224,
    ("4fe27945fcce31d4afc0c57fe176b45713ac76d73d7a89cb2183be0160826658", 836_411),
    ("c33b51337a12a8f86e74866857c1cb6df410e1d8c54fae28f41f1002210d9f7b", 200_982),
    "AIMed: 224 PubMed abstracts with protein interactions",
    "Bunescu R, Ge R, Kate RJ, et al. Comparative experiments on learning information extractors "
    "for proteins and their interactions. Artificial Intelligence in Medicine 33(2), 2005.",
    # The published count is 225 documents, with 1,000 positive and 4,834 negative pairs: it has the
    # abstract of d31 twice. The second, d78, is missing here, and as BioREx has it a split of its
    # own: folds that hold it would know d31.
    further=(
        SplitEntry(
            "d78",
            "train",
            1,
            (
                CorpusFile(
                    "AIMed/AIMed_d78.PubTator",
                    "e799cd01e1f9f7dadc5d4d2c38e9e5c86f30fb4ede80d1d9ebfaca464db4117e",
                ),
            ),
            format="aimed-d78",
        ),
    ),
)
BIOINFER = _corpus(
    "bioinfer",
    "BioInfer",
    836,
    ("6bfdecaeda6e49b926c46b884d27dac7f6dfc439490c298bdb983446c75110dc", 961_830),
    ("da6a486c91f7290309f758952b0d91275bfa120ef0fa76f94b2b1d23f31780d2", 216_681),
    "BioInfer: 1,100 sentences with relations of proteins, genes and complexes",
    "Pyysalo S, Ginter F, Heimonen J, et al. BioInfer: a corpus for information extraction in the "
    "biomedical domain. BMC Bioinformatics 8:50, 2007.",
    "CC BY 2.0",
    "Listed in catalogues of data sets as CC BY 2.0; no licence comes with this copy.",
    "https://creativecommons.org/licenses/by/2.0/",
)
HPRD50 = _corpus(
    "hprd50",
    "HPRD50",
    43,
    ("6100f3d9a6c26b7df1ca352d05b508a07adf5433b903bacfe540264593d8b926", 78_752),
    ("9606c84b918b6331e7f4385d4c93c8b55200eef05fed86ab15eba3cc4070d911", 20_321),
    "HPRD50: 50 abstracts referenced by the Human Protein Reference Database, 43 with proteins",
    "Fundel K, Kuffner R, Zimmer R. RelEx: relation extraction using dependency parse trees. "
    "Bioinformatics 23(3), 2007.",
)
IEPA = _corpus(
    "iepa",
    "IEPA",
    200,
    ("e267a560274fa90c242d07f1b13ea7a9da51296c5b4c3704b8227b35d7021647", 230_977),
    ("52a6d7dea45b174c0fd06e259e5aace730870087523e36556e558134f4c9a530", 54_485),
    "IEPA: sentences of PubMed abstracts with two biochemicals that may interact",
    "Ding J, Berleant D, Nettleton D, Wurtele E. Mining MEDLINE: abstracts, sentences, or phrases? "
    "Pacific Symposium on Biocomputing, 2002.",
)
LLL = _corpus(
    "lll",
    "LLL",
    45,
    ("8833bf09ecaf6f15c578b14d8ae2ffdce3a00c6108447757215f25bb726f5c28", 50_330),
    ("e26994753db514372c6d80a317a70ed94d9893e78aacecaacd017727b161a4e9", 10_566),
    "LLL: sentences about gene interactions in Bacillus subtilis",
    "Nedellec C. Learning language in logic: genic interaction extraction challenge. Learning "
    "Language in Logic Workshop, 2005.",
)
