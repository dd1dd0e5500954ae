"""The corpora that came with BioREx: DisGeNET, EMU, PharmGKB, and its version of HPRD50.

Lai et al. 2023 converted them to PubTator and divided them 80 to 20. What is kept of each here is
what exists complete: the PubTator file with the published division for DisGeNET and EMU, a part
of the PubTator file and the table of the 20 % for PharmGKB.
"""

from __future__ import annotations

from typing import Literal

from relatome.corpora.corpus import Corpus, CorpusFile, SplitEntry
from relatome.data.schemas import DISGENET as DISGENET_SCHEMA
from relatome.data.schemas import EMU as EMU_SCHEMA
from relatome.data.schemas import HPRD50_BIOREX as HPRD50_SCHEMA
from relatome.data.schemas import PHARMGKB as PHARMGKB_SCHEMA

_BIOREX = (
    "Lai PT, Wei CH, Luo L, Chen Q, Lu Z. BioREx: improving biomedical relation extraction by "
    "leveraging heterogeneous datasets. Journal of Biomedical Informatics 146, 104487, 2023."
)
_HOMEPAGE = "https://ftp.ncbi.nlm.nih.gov/pub/lu/BioREx/"

_DISGENET_FILE = CorpusFile(
    "DisGeNET.PubTator", "76fa4f449fd43f83619576bec398e73f5fd7b76b135dc82965e18be7b083f0ad"
)
DISGENET = Corpus(
    name="disgenet",
    title="DisGeNET (BioREx): 859 sentences, each with a gene that goes with a disease",
    citation=f"Piñero J et al. DisGeNET. Nucleic Acids Research 48(D1), 2020. {_BIOREX}",
    licence="unclear (DisGeNET)",
    terms="No licence comes with the conversion; some versions of DisGeNET restrict commercial "
    "use. Treat it as for research only.",
    licence_url="https://www.disgenet.org/legal",
    homepage=_HOMEPAGE,
    schema=DISGENET_SCHEMA,
    format="biorex-sentences",
    splits=(
        SplitEntry(
            "train80",
            "train",
            688,
            (
                _DISGENET_FILE,
                CorpusFile(
                    "processed/train80.tsv",
                    "cf4ba3012a6c223b8806cb199695bd0d5dba45bae9362ad5e22be5808830085a",
                ),
            ),
        ),
        SplitEntry(
            "test20",
            "test",
            171,
            (
                _DISGENET_FILE,
                CorpusFile(
                    "processed/test20.tsv",
                    "2bfbbbe134a95713f13ac7917d45f1968c757db9ecc9d5178dcf391001bbaebb",
                ),
            ),
        ),
    ),
    folders=("disgenet",),
)

_BREAST = CorpusFile(
    "BCa_db_novel_128.PubTator", "d1f025032dcd5c9b7fd15addecc205f3f56b3514f97faa50a8994abe57eede3e"
)
_PROSTATE = CorpusFile(
    "PCa_db_novel_51.PubTator", "aa49e1bffae62a7099cab250f63820664b5fa251b2c73381995d9a1ea705678d"
)


def _emu(
    part: str,
    division: str,
    role: Literal["train", "test"],
    documents: int,
    file: CorpusFile,
    sha256: str,
) -> SplitEntry:
    table = CorpusFile(f"processed/emu_{part}_{division}.tsv", sha256)
    return SplitEntry(f"{part}_{division}", role, documents, (file, table))


EMU = Corpus(
    name="emu",
    title="EMU (BioREx): 83 abstracts on breast cancer (bc) and prostate cancer (pc), "
    "genes that go with diseases",
    citation=(
        "Doughty E et al. Toward an automatic method for extracting cancer- and other "
        "disease-related point mutations from the biomedical literature. Bioinformatics 27(3), "
        f"408-415, 2011. {_BIOREX}"
    ),
    licence="none stated",
    terms="No licence is stated. The abstracts may be under copyright of their publishers.",
    licence_url="https://doi.org/10.1093/bioinformatics/btq667",
    homepage=_HOMEPAGE,
    schema=EMU_SCHEMA,
    format="biorex-part",
    splits=(
        _emu(
            "bc",
            "train80",
            "train",
            47,
            _BREAST,
            "1200511e520d9ff1447425f472227c686a70cdc5ac11a7eac5b07aa3f15b70cf",
        ),
        _emu(
            "bc",
            "test20",
            "test",
            11,
            _BREAST,
            "26051e7bfc4a6714d387bfa49cc79f5a07ae523dc20b7b82d3fdafe9b86385e7",
        ),
        _emu(
            "pc",
            "train80",
            "train",
            20,
            _PROSTATE,
            "5f7bc3bd39789fcb34740ae032ca0b002be495b1dffaeaa3253dc168e5d5860b",
        ),
        _emu(
            "pc",
            "test20",
            "test",
            5,
            _PROSTATE,
            "2d5e616793465afd985f2ccdc904a3b022283440da24715cec6e5e948b82e928",
        ),
    ),
    folders=("emu",),
)

# Of the PubTator file only a truncated copy is known, with the first 115 documents; 24 of them
# are in the 20 %, of which the table is complete.
PHARMGKB = Corpus(
    name="pharmgkb",
    title="PharmGKB (BioREx): chemicals that go with genes; the first 115 abstracts only, and the "
    "20 % for testing",
    citation=(
        "Whirl-Carrillo M et al. An evidence-based framework for evaluating pharmacogenomics "
        "knowledge for personalized medicine. Clinical Pharmacology and Therapeutics 110(3), 2021. "
        + _BIOREX
    ),
    licence="CC BY-SA 4.0",
    terms="CC BY-SA 4.0 with additional terms of use on the PharmGKB site; no licence file comes "
    "with the conversion.",
    licence_url="https://www.pharmgkb.org/page/dataUsagePolicy",
    homepage=_HOMEPAGE,
    schema=PHARMGKB_SCHEMA,
    format="biorex-whole",
    splits=(
        SplitEntry(
            "partial",
            "train",
            115,
            (
                CorpusFile(
                    "PharmGKB.partial.PubTator",
                    "5b66eccf1e0925600ae50be2f3562104af2de9e601a55fd17a750b3eed92d8e5",
                ),
            ),
        ),
        SplitEntry(
            "test20",
            "test",
            133,
            (
                CorpusFile(
                    "processed/test20.tsv",
                    "efbf54bddaf9cb8f9f655603ca9d071675b3f4b0817d629c77191bdabc9af9f2",
                ),
            ),
            format="biorex",
        ),
    ),
    folders=("pharmgkb",),
)

HPRD50_BIOREX = Corpus(
    name="hprd50-biorex",
    title="HPRD50 (BioREx): 43 abstracts without borders between sentences, interacting proteins",
    citation=f"Fundel K, Küffner R, Zimmer R. RelEx. Bioinformatics 23(3), 2007. {_BIOREX}",
    licence="unknown",
    terms="No licence is known. The abstracts may be under copyright of their publishers.",
    licence_url="https://doi.org/10.1093/bioinformatics/btl616",
    homepage=_HOMEPAGE,
    schema=HPRD50_SCHEMA,
    format="pubtator",
    splits=(
        SplitEntry(
            "all",
            "train",
            43,
            (
                CorpusFile(
                    "hprd50_bioc.PubTator",
                    "6683b0b0cc0b8354523cd774d5d5d3c547269e19c221479504cd4ea2df5491ad",
                ),
            ),
        ),
    ),
    folders=("hprd50-biorex", "ppi/HPRD50"),
)
