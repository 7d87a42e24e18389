using System.Globalization;
using System.Text;

namespace TinyStore.Yjs.Lib0;

/// <summary>Writes numbers as JavaScript prints them.</summary>
internal static class JsNumber
{
    /// <summary>
    /// ECMAScript's Number::toString: the shortest digits that read back to the same number, positional from 1e-6 up to
    /// below 1e21, else with an exponent and its sign. -0 prints as 0.
    /// </summary>
    public static void Append(StringBuilder output, double value)
    {
        if (!double.IsFinite(value))
        {
            output.Append(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
            return;
        }

        if (value is > -1e15 and < 1e15 && Math.Truncate(value) == value)
        {
            output.Append(CultureInfo.InvariantCulture, $"{(long)value}");
            return;
        }

        // d.ddddE+xx, the shortest digits: taken apart and put together in the other notation.
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var written, "R", CultureInfo.InvariantCulture);
        AppendDigits(output, text[..written]);
    }

    private static void AppendDigits(StringBuilder output, ReadOnlySpan<char> text)
    {
        if (text[0] == '-')
        {
            output.Append('-');
            text = text[1..];
        }

        var exponent = 0;
        if (text.IndexOf('E') is var e and >= 0)
        {
            exponent = int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        Span<char> digits = stackalloc char[32];
        var count = 0;
        var point = text.IndexOf('.') is var dot and >= 0 ? dot : text.Length;
        foreach (var c in text)
        {
            if (c != '.')
            {
                digits[count++] = c;
            }
        }

        var leading = 0;
        while (leading < count - 1 && digits[leading] == '0')
        {
            leading++;
        }

        // The number is 0.DIGITS times ten to the power of scale.
        var scale = point - leading + exponent;
        ReadOnlySpan<char> significant = digits[leading..count].TrimEnd('0');
        if (scale is > 0 and <= 21)
        {
            var whole = Math.Min(scale, significant.Length);
            output.Append(significant[..whole]).Append('0', scale - whole);
            if (whole < significant.Length)
            {
                output.Append('.').Append(significant[whole..]);
            }
        }
        else if (scale is > -6 and <= 0)
        {
            output.Append("0.").Append('0', -scale).Append(significant);
        }
        else
        {
            output.Append(significant[0]);
            if (significant.Length > 1)
            {
                output.Append('.').Append(significant[1..]);
            }

            output.Append('e').Append(scale > 0 ? '+' : '-').Append(Math.Abs(scale - 1));
        }
    }
}
