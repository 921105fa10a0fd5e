"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    owner={
        "vote": (1.927, -0.212),
        "similarity": (3.016, 2.166),
        "unexplained": (-1.376, -2.868),
        "unsaid": (-2.013, 3.391),
        "another_subject": (-4.482, -0.911),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-2.677, 2.880),
    },
    nothing={
        "unknown": (-1.298, -0.742),
        "length": (-1.735, -0.479),
        "is_empty": (0.596, -1.592),
        "bias": (-0.790, 3.001),
    },
)

MINILM = Calibration(
    threshold_with_subject=0.57,
    owner={
        "vote": (2.124, -0.170),
        "similarity": (-3.540, 0.351),
        "unexplained": (-1.347, -0.587),
        "unsaid": (0.172, -0.928),
        "another_subject": (-4.433, -0.592),
        "meaning": (5.144, 2.622),
        "answer_meaning": (1.333, -0.501),
        "distance": (-5.907, 2.598),
        "is_subject": (0.600, 1.001),
    },
    nothing={
        "unknown": (-1.266, -0.283),
        "length": (-0.804, -0.052),
        "is_empty": (2.469, -0.943),
        "bias": (-1.968, 2.669),
    },
)

UNIVERSAL = Calibration(
    threshold_with_subject=0.75,
    owner={
        "vote": (1.987, -0.129),
        "similarity": (-2.816, -0.840),
        "unexplained": (-1.443, -1.091),
        "unsaid": (1.997, 2.823),
        "another_subject": (-5.847, -1.593),
        "meaning": (9.923, 5.435),
        "answer_meaning": (0.927, -0.275),
        "distance": (-12.494, -3.576),
        "is_subject": (-1.698, 2.175),
    },
    nothing={
        "unknown": (-0.388, -0.106),
        "length": (-1.858, -0.357),
        "is_empty": (1.272, -1.003),
        "bias": (1.953, 4.804),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
