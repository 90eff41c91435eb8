"""Medians, ratios and the printed tables. Computes and formats only."""
import math
import statistics


def median(values):
    return statistics.median(values) if values else math.nan


def ratio(base_runs, runs, figure):
    """The median of the ratios within each round: a slow drift of the machine cancels out."""
    pairs = [(base[figure], run[figure]) for base, run in zip(base_runs, runs)]
    return median([other / base for base, other in pairs if base])


def geometric_mean(values):
    values = [value for value in values if value > 0]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def markdown(header, rows):
    """A table that is readable as it is and as markdown."""
    cells = [header, *rows]
    widths = [max(len(str(row[column])) for row in cells) for column in range(len(header))]
    line = lambda row: "| " + " | ".join(str(cell).rjust(width) for cell, width in zip(row, widths)) + " |"  # noqa: E731
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])
