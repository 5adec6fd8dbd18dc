"""What scoring costs: one assessment of 27 criteria, and 2,000 of them."""

from assessments.interchange import scorable_answers, scorable_playbook
from assessments.scoring import score
from benchmarks.data import playbook, random_answers
from benchmarks.measure import median_ms, table

MANY = 2000


def main() -> None:
    book = playbook()
    scorable = scorable_playbook(book)
    one = scorable_answers(random_answers(book, 1))
    many = [scorable_answers(random_answers(book, seed)) for seed in range(MANY)]
    rows = [
        ["one assessment, 27 criteria", f"{median_ms(lambda: score(scorable, one), 200):.2f} ms"],
        [f"{MANY:,} assessments", f"{median_ms(lambda: [score(scorable, each) for each in many], 3, 0) / 1000:.2f} s"],
    ]
    table("Engine", ["what", "median"], rows)


if __name__ == "__main__":
    main()
