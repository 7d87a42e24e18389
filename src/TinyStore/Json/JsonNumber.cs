using System.Globalization;

namespace TinyStore;

/// <summary>Writes numbers as JavaScript's <c>Number.prototype.toString</c> does (ECMA-262, Number::toString, radix 10).</summary>
internal static class JsonNumber
{
    /// <summary>The longest text: sign, "0.", five zeros, 17 digits, or sign, 21 digits; with room to spare.</summary>
    public const int MaxLength = 32;

    // The largest integer below which every integral double prints as that integer.
    private const double MaxSafe = 9007199254740992;

    public static string ToString(double value)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        return new string(buffer[..Format(value, buffer)]);
    }

    /// <summary>Writes a number, "NaN" and "Infinity" included, and returns the count of characters.</summary>
    public static int Format(double value, Span<char> destination)
    {
        int written;
        if (value == Math.Truncate(value) && Math.Abs(value) < MaxSafe)
        {
            ((long)value).TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
            return written;
        }
        if (!double.IsFinite(value))
        {
            var name = double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
            name.CopyTo(destination);
            return name.Length;
        }

        // .NET finds the same shortest digits that JavaScript does; only their layout differs.
        Span<char> shortest = stackalloc char[MaxLength];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        return Layout(shortest[..length], destination);
    }

    private static int Layout(ReadOnlySpan<char> text, Span<char> destination)
    {
        // Take the text apart into sign, digits d1…dk without zeros at either end, and n: value = 0.d1…dk × 10^n.
        Span<char> digits = stackalloc char[MaxLength];
        int count = 0, point = -1, exponent = 0, at = 0;
        var negative = text[0] == '-';
        for (var i = negative ? 1 : 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                point = count;
            }
            else if (c is 'E' or 'e')
            {
                exponent = int.Parse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else
            {
                digits[count++] = c;
            }
        }
        var n = (point < 0 ? count : point) + exponent;
        var first = 0;
        while (digits[first] == '0')
        {
            first++;
            n--;
        }
        while (digits[count - 1] == '0')
        {
            count--;
        }
        ReadOnlySpan<char> d = digits[first..count];
        var k = d.Length;

        if (negative)
        {
            destination[at++] = '-';
        }
        if (k <= n && n <= 21)
        {
            at += Put(destination[at..], d);
            destination.Slice(at, n - k).Fill('0');
            return at + n - k;
        }
        if (n is > 0 and <= 21)
        {
            at += Put(destination[at..], d[..n]);
            destination[at++] = '.';
            return at + Put(destination[at..], d[n..]);
        }
        if (n is > -6 and <= 0)
        {
            at += Put(destination[at..], "0.");
            destination.Slice(at, -n).Fill('0');
            at -= n;
            return at + Put(destination[at..], d);
        }
        destination[at++] = d[0];
        if (k > 1)
        {
            destination[at++] = '.';
            at += Put(destination[at..], d[1..]);
        }
        destination[at++] = 'e';
        destination[at++] = n - 1 < 0 ? '-' : '+';
        Math.Abs(n - 1).TryFormat(destination[at..], out var written, default, CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Put(Span<char> destination, ReadOnlySpan<char> text)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
