"""GAD, and EU-ADR in three partial copies: genes, diseases and drugs, related or not."""

from __future__ import annotations

from relatome.corpora.corpus import Corpus, CorpusFile, Download, SplitEntry
from relatome.data.schemas import EUADR, EUADR_DRUG_TARGET, GENE_DISEASE

_FOLDS = range(1, 11)
_BIOBERT = (
    "https://raw.githubusercontent.com/bionlp-hzau/BioNLP-Corpus/"
    "f10ade4aab4ca03868175d976a03d7c73517878c/Relation%20Extraction"
)


def _folds(archive: CorpusFile, folder: str, sentences: tuple[int, ...]) -> tuple[SplitEntry, ...]:
    """The held-out part of every fold. Together they are the corpus."""
    return tuple(
        SplitEntry(f"fold{fold}", "train", count, (archive,), f"{folder}/{fold}/test.tsv")
        for fold, count in zip(_FOLDS, sentences, strict=True)
    )


_GAD = CorpusFile(
    "GAD_biobert_folds.zip", "13bbdd24e5025a68cd9aa45d659db4b87ac9d9beeb6498151292079fc2965ffb"
)
GAD = Corpus(
    name="gad",
    title="GAD: 5,330 sentences on a gene and a disease, both hidden; BioBERT's ten folds",
    citation=(
        "Bravo A, Pinero J, Queralt-Rosinach N, Rautschka M, Furlong LI. Extraction of relations "
        "between genes and diseases from text and large-scale data analysis. BMC Bioinformatics "
        "16:55, 2015."
    ),
    licence="CC BY 4.0",
    terms="Listed in catalogues of data sets as CC BY 4.0; no licence comes with this copy.",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://github.com/bionlp-hzau/BioNLP-Corpus",
    schema=GENE_DISEASE,
    format="placeholders",
    splits=_folds(_GAD, "GAD", (534, *(533,) * 8, 532)),
    folders=("gad",),
    downloads=(Download(f"{_BIOBERT}/GAD.zip", _GAD.sha256, 2_438_709, _GAD.path),),
)

_EUADR_CITATION = (
    "van Mulligen EM, Fourrier-Reglat A, Gurwitz D, et al. The EU-ADR corpus: annotated drugs, "
    "diseases, targets, and their relationships. Journal of Biomedical Informatics 45(5), "
    "879-884, 2012. doi:10.1016/j.jbi.2012.04.004"
)
_EUADR_TERMS = (
    "No licence is known, and this copy is a derived one, not the authors' own. Do not "
    "redistribute it."
)

_EUADR_FOLDS = CorpusFile(
    "euadr_biobert_folds.zip", "97253993ab6944d9253497f46cb3d51b2d2783f78f085da6793c1e1a4285937d"
)
EUADR_FOLDS = Corpus(
    name="euadr-folds",
    title="EU-ADR: 355 sentences on a gene and a disease, both hidden; BioBERT's ten folds",
    citation=_EUADR_CITATION,
    licence="unknown",
    terms=_EUADR_TERMS,
    licence_url="https://github.com/bionlp-hzau/BioNLP-Corpus",
    homepage="https://github.com/bionlp-hzau/BioNLP-Corpus",
    schema=GENE_DISEASE,
    format="placeholders",
    splits=_folds(_EUADR_FOLDS, "euadr", (37, 37, 36, *(35,) * 7)),
    folders=("euadr-folds", "euadr"),
    downloads=(Download(f"{_BIOBERT}/euadr.zip", _EUADR_FOLDS.sha256, 159_119, _EUADR_FOLDS.path),),
)

_DRUG_TARGET = CorpusFile(
    "euadr.bioc.xml", "b53756a9a51556b5dfd860afedf3c8a1f70e8c4ffad879afd267f9a6f2cc06a4"
)
EUADR_TARGETS = Corpus(
    name="euadr-drug-target",
    title="EU-ADR: 38 abstracts of the drug-target part, as converted for DrugProt",
    citation=_EUADR_CITATION,
    licence="unknown",
    terms=_EUADR_TERMS,
    licence_url="https://github.com/leonweber/drugprot",
    homepage="https://github.com/leonweber/drugprot",
    schema=EUADR_DRUG_TARGET,
    format="euadr-bioc",
    splits=(SplitEntry("all", "train", 38, (_DRUG_TARGET,)),),
    folders=("euadr-drug-target", "euadr"),
    downloads=(
        Download(
            "https://raw.githubusercontent.com/leonweber/drugprot/"
            "d6b20b1b6aee4ca60e212e6267ac75ace047e7b4/data/eu_adr/euadr.bioc.xml",
            _DRUG_TARGET.sha256,
            358_819,
        ),
    ),
)

_PAGE = CorpusFile(
    "euadr_bigbio_first100.json", "6bf0cd957697b35793db768f6abefd0b85350c50dd003e0bd3ea2ac746103fcd"
)
EUADR_PAGE = Corpus(
    name="euadr",
    title="EU-ADR: the first 100 of 300 abstracts, from a page of a dataset viewer",
    citation=_EUADR_CITATION,
    licence="unknown",
    terms=_EUADR_TERMS,
    licence_url="https://github.com/J-Huang01/re_dataset",
    homepage="https://github.com/J-Huang01/re_dataset",
    schema=EUADR,
    format="euadr-bigbio",
    splits=(SplitEntry("first100", "train", 100, (_PAGE,)),),
    folders=("euadr",),
    downloads=(
        Download(
            "https://raw.githubusercontent.com/J-Huang01/re_dataset/"
            "9dc577176579978eab46ef837636e66a675b22d3/EUADR/euadr.json",
            _PAGE.sha256,
            675_514,
            _PAGE.path,
        ),
    ),
)
