"""Draw a photo anew: run as a process of its own, with little memory and time, because the bytes come from strangers.

Reads the photo from standard input and writes a JPEG to standard output: pixels only, turned the way it was taken, at most 2,000 pixels
long. Metadata (EXIF, position, comments, profiles, further frames, anything appended) does not survive, because nothing but the pixels
is carried over. Ends with 2 for what is no photo, with 3 for one with too many pixels.
"""

from __future__ import annotations

import io
import resource
import sys

from gi_registry.supervision.rules.photos import LARGEST_PIXELS, LONGEST_SIDE, QUALITY

MEMORY, SECONDS = 1_500_000_000, 15
NO_PHOTO, TOO_LARGE = 2, 3


def main() -> int:
    """Redraw what comes in; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from PIL import Image, ImageOps  # noqa: PLC0415  # after the limits, and never in the server's own process

    Image.MAX_IMAGE_PIXELS = None  # our own test below, which no warning filter can soften
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > LARGEST_PIXELS:
                return TOO_LARGE
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new("RGB", picture.size, "white")
            whole = picture.convert("RGBA")
            plain.paste(whole, mask=whole.getchannel("A"))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
        return NO_PHOTO
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=QUALITY)
    sys.stdout.buffer.write(drawn.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
