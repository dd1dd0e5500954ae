"""BC5CDR: which chemicals induce which diseases, and the sample released before the task."""

from __future__ import annotations

import msgspec

from relatome.corpora.corpus import Corpus, CorpusFile, SplitEntry
from relatome.data.schemas import BC5CDR as SCHEMA

_FOLDER = "CDR_Data/CDR.Corpus.v010516"

# No checksum of the publisher's own archive is known, only those of the files.
BC5CDR = Corpus(
    name="bc5cdr",
    title="BC5CDR: 1,500 PubMed abstracts, diseases that chemicals induce",
    citation=(
        "Li J, Sun Y, Johnson RJ, Sciaky D, Wei CH, Leaman R, Davis AP, Mattingly CJ, Wiegers TC, "
        "Lu Z. BioCreative V CDR task corpus: a resource for chemical disease relation extraction. "
        "Database 2016, baw068. doi:10.1093/database/baw068"
    ),
    licence="public domain mark",
    terms=(
        "Catalogues list the annotations as public domain (Public Domain Mark 1.0); the "
        "distribution has no licence file. The abstracts may be under copyright of their "
        "publishers."
    ),
    licence_url="https://creativecommons.org/publicdomain/mark/1.0/",
    homepage="https://biocreative.bioinformatics.udel.edu/tasks/biocreative-v/track-3-cdr/",
    schema=SCHEMA,
    format="pubtator",
    splits=(
        SplitEntry(
            "train",
            "train",
            500,
            (
                CorpusFile(
                    f"{_FOLDER}/CDR_TrainingSet.PubTator.txt",
                    "7afcec134e3d4871e74b0398d92850d3c9ac94c0bdc780003f2d60184c012bd8",
                ),
            ),
        ),
        SplitEntry(
            "dev",
            "dev",
            500,
            (
                CorpusFile(
                    f"{_FOLDER}/CDR_DevelopmentSet.PubTator.txt",
                    "9e18d8e700168887a7919e62f67ac2ce2357e3f409a48ee992906abdd80fe3e5",
                ),
            ),
        ),
        SplitEntry(
            "test",
            "test",
            500,
            (
                CorpusFile(
                    f"{_FOLDER}/CDR_TestSet.PubTator.txt",
                    "a3c48d5f35bdfce20c2371778abedc9fd24d1da092207072e5181ad53c8d0e2f",
                ),
            ),
        ),
    ),
    folders=("bc5cdr",),
)

# An earlier round of annotation of 50 training abstracts. A corpus by itself, so that nobody
# mixes it with the splits.
BC5CDR_SAMPLE = msgspec.structs.replace(
    BC5CDR,
    name="bc5cdr-sample",
    title="BC5CDR, the sample of 50 training abstracts in an earlier annotation",
    format="biorex-whole",
    splits=(
        SplitEntry(
            "sample",
            "train",
            50,
            (
                CorpusFile(
                    "CDR_sample.txt",
                    "db6d8d82b8f33eff489e08a5d31f7f4483fa7fa3c434a3ef6ec87031b48b4ebd",
                ),
            ),
        ),
    ),
    folders=("bc5cdr-sample", "bc5cdr"),
)
