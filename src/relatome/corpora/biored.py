"""BioRED and the corpora made from the same abstracts.

Luo et al. 2022 (BioRED), Lai et al. 2025 (BioREDirect: who acts on whom), Islamaj et al. 2024
(BioCreative VIII track 1). All use the schema of BioRED; BioREDirect adds the direction.
"""

from __future__ import annotations

from relatome.corpora.corpus import Corpus, CorpusFile, Download, SplitEntry
from relatome.data.schemas import BIORED as SCHEMA
from relatome.data.schemas import BIOREDIRECT as SCHEMA_WITH_DIRECTION

_LICENCE = "none stated (NCBI)"
_TERMS = (
    "The distribution states no licence. It is published by the United States National Library "
    "of Medicine (NCBI); the abstracts may be under copyright of their publishers. Do not "
    "redistribute the texts."
)
_LICENCE_URL = "https://www.nlm.nih.gov/databases/download.html"

BIORED = Corpus(
    name="biored",
    title="BioRED: 600 PubMed abstracts, six entity types, eight relation types, novelty",
    citation=(
        "Luo L, Lai PT, Wei CH, Arighi CN, Lu Z. BioRED: a rich biomedical relation extraction "
        "dataset. Briefings in Bioinformatics 23(5), 2022. doi:10.1093/bib/bbac282"
    ),
    licence=_LICENCE,
    terms=_TERMS,
    licence_url=_LICENCE_URL,
    homepage="https://ftp.ncbi.nlm.nih.gov/pub/lu/BioRED/",
    schema=SCHEMA,
    format="pubtator",
    splits=(
        SplitEntry(
            "train",
            "train",
            400,
            (
                CorpusFile(
                    "BioRED/Train.PubTator",
                    "472cf3a38aa1732c08918e561a86a28d331b80ecddc7f77b3de02cc705181b81",
                ),
            ),
        ),
        SplitEntry(
            "dev",
            "dev",
            100,
            (
                CorpusFile(
                    "BioRED/Dev.PubTator",
                    "504f8c8be806606d519b6c360f3164ff89dbfa5610f603bafe662ab2605bca76",
                ),
            ),
        ),
        SplitEntry(
            "test",
            "test",
            100,
            (
                CorpusFile(
                    "BioRED/Test.PubTator",
                    "91d478f1e67d310f49d7797e3ea731c97ac1d8f6275245fde5b9dd12c4551c16",
                ),
            ),
        ),
    ),
    folders=("biored",),
    downloads=(
        Download(
            "https://ftp.ncbi.nlm.nih.gov/pub/lu/BioRED/BIORED.zip",
            "c3032230bd89d22a0923d0df6ae943bc8ea37fba7e42dafa7a8dec21bac02d47",
            2_191_684,
        ),
    ),
)

# No checksum of the publisher's own archive is known for the next two, only those of the files.
BIOREDIRECT = Corpus(
    name="bioredirect",
    title="BioREDirect: the abstracts of BioRED with the subject of each relation",
    citation=(
        "Lai PT, Wei CH, Tian S, Leaman R, Lu Z. Enhancing biomedical relation extraction with "
        "directionality. Bioinformatics 41(Suppl 1), i68-i76, 2025. "
        "doi:10.1093/bioinformatics/btaf226"
    ),
    licence=_LICENCE,
    terms=_TERMS,
    licence_url=_LICENCE_URL,
    homepage="https://ftp.ncbi.nlm.nih.gov/pub/lu/BioREDirect/",
    schema=SCHEMA_WITH_DIRECTION,
    format="pubtator",
    splits=(
        # Train and dev of BioRED in one file: a run that selects on BioRED dev must not train
        # on it, and `relatome check` says so.
        SplitEntry(
            "train_dev",
            "train",
            500,
            (
                CorpusFile(
                    "bioredirect_train_dev.pubtator",
                    "0e36e1f5db5d48ddcea1b2bcb30533ea6c09c93b584638505f1c8608cb20566b",
                ),
            ),
        ),
        SplitEntry(
            "test",
            "test",
            100,
            (
                CorpusFile(
                    "bioredirect_test.pubtator",
                    "cdb51c91cce5d849d863c550f7a7e253e04aad72b5a1757f1b6979a4b7b3399c",
                ),
            ),
        ),
    ),
    folders=("bioredirect", "biored_bc8"),
)

BC8 = Corpus(
    name="bc8",
    title="BioCreative VIII track 1, training file: BioRED train and dev under anonymous ids",
    citation=(
        "Islamaj R et al. The overview of the BioRED (Biomedical Relation Extraction Dataset) "
        "track at BioCreative VIII. Database 2024, baae069. doi:10.1093/database/baae069"
    ),
    licence=_LICENCE,
    terms=_TERMS,
    licence_url=_LICENCE_URL,
    homepage="https://ftp.ncbi.nlm.nih.gov/pub/lu/BC8-BioRED-track/",
    schema=SCHEMA,
    format="pubtator",
    splits=(
        SplitEntry(
            "train",
            "train",
            500,
            (
                CorpusFile(
                    "bc8_biored_task1_train.pubtator",
                    "432e62f9dd84f05f479d795ba055ad3d4a25208dae137666cf8dc73160fba51a",
                ),
            ),
        ),
    ),
    folders=("bc8", "biored_bc8"),
)
