"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    owner={
        "vote": (2.046, -0.282),
        "similarity": (2.325, 1.369),
        "unexplained": (0.004, -2.127),
        "unsaid": (-1.556, 1.890),
        "another_subject": (-4.768, -1.333),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-0.368, 1.223),
    },
    nothing={
        "unknown": (-0.045, -0.852),
        "length": (-0.724, -0.519),
        "is_empty": (1.794, -0.973),
        "bias": (3.494, 1.712),
    },
)

MINILM = Calibration(
    threshold_with_subject=0.53,
    owner={
        "vote": (1.980, -0.256),
        "similarity": (-0.693, -0.212),
        "unexplained": (0.202, -0.891),
        "unsaid": (-1.160, -1.628),
        "another_subject": (-4.654, -0.829),
        "meaning": (2.311, 2.133),
        "answer_meaning": (1.837, -0.526),
        "distance": (-3.588, 2.875),
        "is_subject": (0.210, 0.469),
    },
    nothing={
        "unknown": (-0.950, -0.507),
        "length": (-0.415, -0.306),
        "is_empty": (1.540, -0.339),
        "bias": (3.893, 1.447),
    },
)

UNIVERSAL = Calibration(
    threshold_with_subject=0.72,
    owner={
        "vote": (2.031, -0.230),
        "similarity": (-1.451, -0.769),
        "unexplained": (-1.245, -1.522),
        "unsaid": (3.229, 1.917),
        "another_subject": (-3.867, 0.281),
        "meaning": (5.159, 4.750),
        "answer_meaning": (1.879, -0.774),
        "distance": (-11.418, -2.336),
        "is_subject": (-0.110, 1.037),
    },
    nothing={
        "unknown": (-0.229, -0.512),
        "length": (-0.451, -0.386),
        "is_empty": (1.847, -1.055),
        "bias": (4.648, 3.376),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
