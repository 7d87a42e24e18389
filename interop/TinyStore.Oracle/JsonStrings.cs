using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TinyStore.Oracle;

/// <summary>Strings of JSON as JavaScript has them: halves of surrogate pairs are text too.</summary>
internal static class JsonStrings
{
    public static string Read(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException) when (value.ValueKind == JsonValueKind.String)
        {
            return Unescape(value.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            result.Append(text[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(text[(i + 1)..(i + 5)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var itself => itself,
            });
            i += text[i] == 'u' ? 4 : 0;
        }

        return result.ToString();
    }
}
