"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""

from bot.matching.confidence import Calibration

WORDS = Calibration(
    threshold=(0.54, -0.03),
    threshold_without_subject=(0.82, 0.08),
    owner={
        "vote": (1.584, -0.246),
        "similarity": (2.679, 1.257),
        "unexplained": (-0.140, -2.287),
        "unsaid": (-1.546, 1.895),
        "another_subject": (-4.357, -0.750),
        "meaning": (0.000, 0.000),
        "answer_meaning": (0.000, 0.000),
        "distance": (0.000, 0.000),
        "is_subject": (-0.368, 1.230),
    },
    nothing={
        "unknown": (-0.147, -0.886),
        "length": (-0.729, -0.622),
        "is_empty": (1.498, -0.848),
        "bias": (3.457, 1.805),
    },
)

MINILM = Calibration(
    threshold=(0.44, -0.015),
    threshold_without_subject=(0.91, 0.045),
    owner={
        "vote": (1.448, -0.284),
        "similarity": (-0.788, 0.005),
        "unexplained": (0.150, -0.982),
        "unsaid": (-0.908, -1.438),
        "another_subject": (-5.200, -1.179),
        "meaning": (2.627, 1.912),
        "answer_meaning": (1.981, -0.153),
        "distance": (-3.610, 2.419),
        "is_subject": (0.506, 0.509),
    },
    nothing={
        "unknown": (-0.668, -0.589),
        "length": (-0.234, -0.459),
        "is_empty": (1.057, -0.532),
        "bias": (3.552, 1.836),
    },
)

UNIVERSAL = Calibration(
    threshold=(0.73, 0.0),
    threshold_without_subject=(0.89, 0.045),
    owner={
        "vote": (1.581, -0.199),
        "similarity": (-2.053, -0.818),
        "unexplained": (-1.503, -1.508),
        "unsaid": (3.254, 1.869),
        "another_subject": (-3.991, 0.247),
        "meaning": (5.410, 4.535),
        "answer_meaning": (2.711, -0.383),
        "distance": (-10.652, -2.329),
        "is_subject": (0.533, 1.036),
    },
    nothing={
        "unknown": (-0.157, -0.614),
        "length": (-0.284, -0.487),
        "is_empty": (1.556, -1.147),
        "bias": (4.362, 3.608),
    },
)

BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}
