"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    owner={
        "vote": (1.993, -0.316),
        "similarity": (2.757, 2.048),
        "unexplained": (-0.430, -1.612),
        "unsaid": (-1.627, 1.800),
        "another_subject": (-4.650, -1.088),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (0.739, 0.981),
    },
    nothing={
        "unknown": (-0.345, -0.906),
        "length": (-0.924, -0.617),
        "is_empty": (1.163, -1.460),
        "bias": (-2.477, 3.397),
    },
)

MINILM = Calibration(
    threshold_with_subject=0.56,
    owner={
        "vote": (1.894, -0.171),
        "similarity": (-1.304, 0.127),
        "unexplained": (-0.376, -0.208),
        "unsaid": (-1.155, -1.536),
        "another_subject": (-4.354, -0.494),
        "meaning": (3.341, 2.321),
        "answer_meaning": (1.322, -0.593),
        "distance": (-5.305, 2.166),
        "is_subject": (0.724, 0.454),
    },
    nothing={
        "unknown": (-1.915, 0.082),
        "length": (-0.612, -0.325),
        "is_empty": (1.500, -0.748),
        "bias": (-2.007, 2.647),
    },
)

UNIVERSAL = Calibration(
    threshold_with_subject=0.74,
    owner={
        "vote": (1.911, -0.190),
        "similarity": (-1.170, -0.663),
        "unexplained": (-1.668, -1.170),
        "unsaid": (3.655, 2.141),
        "another_subject": (-6.150, -1.998),
        "meaning": (6.213, 5.135),
        "answer_meaning": (1.780, -0.759),
        "distance": (-13.137, -3.031),
        "is_subject": (0.889, 1.066),
    },
    nothing={
        "unknown": (-0.430, -0.308),
        "length": (-0.754, -0.430),
        "is_empty": (1.116, -1.110),
        "bias": (-0.649, 4.547),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
