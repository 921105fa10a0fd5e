"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    owner={
        "vote": (2.208, -0.374),
        "similarity": (1.833, 1.872),
        "unexplained": (-0.401, -1.887),
        "unsaid": (-1.488, 1.881),
        "another_subject": (-4.834, -1.203),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-0.270, 1.193),
    },
    nothing={
        "unknown": (-0.090, -0.975),
        "length": (-0.603, -0.570),
        "is_empty": (2.052, -1.320),
        "bias": (2.925, 2.167),
    },
)

MINILM = Calibration(
    threshold_with_subject=0.56,
    owner={
        "vote": (1.954, -0.255),
        "similarity": (-1.383, 0.165),
        "unexplained": (-0.594, -0.481),
        "unsaid": (-0.990, -1.472),
        "another_subject": (-4.557, -0.701),
        "meaning": (2.876, 2.383),
        "answer_meaning": (1.359, -0.567),
        "distance": (-4.808, 2.721),
        "is_subject": (-0.200, 0.583),
    },
    nothing={
        "unknown": (-1.631, -0.557),
        "length": (-0.471, -0.279),
        "is_empty": (2.095, -0.793),
        "bias": (3.234, 2.046),
    },
)

UNIVERSAL = Calibration(
    threshold_with_subject=0.76,
    owner={
        "vote": (2.045, -0.233),
        "similarity": (-1.740, -0.648),
        "unexplained": (-1.698, -1.222),
        "unsaid": (3.590, 2.021),
        "another_subject": (-6.419, -2.242),
        "meaning": (5.535, 4.870),
        "answer_meaning": (1.717, -0.762),
        "distance": (-13.160, -2.661),
        "is_subject": (-0.368, 1.124),
    },
    nothing={
        "unknown": (-0.173, -0.438),
        "length": (-0.540, -0.385),
        "is_empty": (1.780, -1.298),
        "bias": (4.294, 3.739),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
