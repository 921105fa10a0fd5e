"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    owner={
        "vote": (1.936, -0.231),
        "similarity": (2.967, 2.278),
        "unexplained": (-1.413, -2.826),
        "unsaid": (-1.955, 3.346),
        "another_subject": (-4.518, -0.874),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-2.564, 2.815),
    },
    nothing={
        "unknown": (-1.251, -0.747),
        "length": (-1.734, -0.511),
        "is_empty": (0.630, -1.677),
        "bias": (-0.846, 3.137),
    },
)

MINILM = Calibration(
    threshold_with_subject=0.54,
    owner={
        "vote": (1.928, -0.172),
        "similarity": (-1.657, 0.445),
        "unexplained": (-1.194, -1.129),
        "unsaid": (-0.654, -0.687),
        "another_subject": (-4.277, -0.455),
        "meaning": (3.655, 2.312),
        "answer_meaning": (0.993, -0.510),
        "distance": (-5.183, 3.054),
        "is_subject": (-0.162, 1.244),
    },
    nothing={
        "unknown": (-1.508, 0.126),
        "length": (-1.013, -0.144),
        "is_empty": (2.004, -1.192),
        "bias": (-1.366, 2.550),
    },
)

UNIVERSAL = Calibration(
    threshold_with_subject=0.72,
    owner={
        "vote": (1.842, -0.158),
        "similarity": (-0.949, -0.391),
        "unexplained": (-1.561, -1.959),
        "unsaid": (1.304, 3.292),
        "another_subject": (-5.904, -1.795),
        "meaning": (8.142, 5.002),
        "answer_meaning": (0.585, -0.347),
        "distance": (-11.737, -3.216),
        "is_subject": (-2.679, 2.761),
    },
    nothing={
        "unknown": (-0.874, -0.190),
        "length": (-2.010, -0.514),
        "is_empty": (0.979, -1.344),
        "bias": (2.204, 4.861),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
