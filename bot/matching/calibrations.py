"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    threshold=(0.54, -0.03),
    threshold_without_subject=(0.82, 0.08),
    owner={
        "vote": (1.561, -0.192),
        "similarity": (2.557, 0.547),
        "unexplained": (0.313, -2.292),
        "unsaid": (-2.336, 1.123),
        "another_subject": (-4.416, -0.925),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-0.701, 1.060),
    },
    nothing={
        "unknown": (-0.137, -0.872),
        "length": (-0.704, -0.673),
        "is_empty": (1.671, -0.405),
        "bias": (3.210, 1.271),
    },
)

MINILM = Calibration(
    threshold=(0.44, -0.015),
    threshold_without_subject=(0.91, 0.045),
    owner={
        "vote": (1.475, -0.286),
        "similarity": (-0.846, -0.091),
        "unexplained": (0.265, -1.014),
        "unsaid": (-0.907, -1.260),
        "another_subject": (-5.027, -1.184),
        "meaning": (2.620, 2.177),
        "answer_meaning": (1.824, -0.133),
        "distance": (-4.088, 1.840),
        "is_subject": (0.243, 0.507),
    },
    nothing={
        "unknown": (-0.769, -0.803),
        "length": (-0.169, -0.449),
        "is_empty": (1.671, -0.590),
        "bias": (3.442, 1.903),
    },
)

UNIVERSAL = Calibration(
    threshold=(0.73, 0.0),
    threshold_without_subject=(0.89, 0.045),
    owner={
        "vote": (1.635, -0.194),
        "similarity": (-1.416, -0.409),
        "unexplained": (-0.940, -2.258),
        "unsaid": (2.174, 1.528),
        "another_subject": (-4.618, -0.643),
        "meaning": (4.251, 2.017),
        "answer_meaning": (1.669, -0.148),
        "distance": (-10.389, -3.161),
        "is_subject": (-0.189, 0.911),
    },
    nothing={
        "unknown": (-0.799, -1.520),
        "length": (-0.354, -0.368),
        "is_empty": (1.558, -0.655),
        "bias": (4.096, 1.677),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
