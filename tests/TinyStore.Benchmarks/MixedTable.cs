using System.Globalization;
using System.Text.Json;

namespace TinyStore.Benchmarks;

/// <summary>
/// The table of the bridge and store rows, the same as in <c>bench-bridge.mjs</c>: rows <c>r0</c>, <c>r1</c> … of a text of its own, one of
/// ten words, an integer, a number of two decimals, and a boolean.
/// </summary>
internal static class MixedTable
{
    public const string Id = "table";
    public const int Columns = 5;

    private static readonly string[] Species = ["cat", "dog", "parrot", "rabbit", "hamster", "goldfish", "canary", "tortoise", "ferret", "gecko"];

    public static string RowId(int row) => string.Create(CultureInfo.InvariantCulture, $"r{row}");

    public static Row Row(int row) => new(Columns)
    {
        ["name"] = string.Create(CultureInfo.InvariantCulture, $"item {row}"),
        ["species"] = Species[row % 10],
        ["age"] = row % 20,
        ["price"] = row * 37 % 10000 / 100.0,
        ["sold"] = row % 3 == 0,
    };

    public static Tables Tables(int rows)
    {
        var table = new Table(rows);
        for (var row = 0; row < rows; row++)
        {
            table.Add(RowId(row), Row(row));
        }
        return new Tables { [Id] = table };
    }

    /// <summary>The table as JSON: rows by id.</summary>
    public static byte[] Json(int rows)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            for (var row = 0; row < rows; row++)
            {
                json.WriteStartObject(RowId(row));
                foreach (var (cellId, cell) in Row(row))
                {
                    json.WritePropertyName(cellId);
                    json.WriteRawValue(cell.ToJson());
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    /// <summary>The floor: what it takes to read such a JSON text into dictionaries, and nothing else.</summary>
    public static Dictionary<string, Dictionary<string, CellValue>> ReadIntoDictionaries(ReadOnlySpan<byte> json)
    {
        var table = new Dictionary<string, Dictionary<string, CellValue>>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var row = new Dictionary<string, CellValue>();
            table.Add(reader.GetString()!, row);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var cellId = reader.GetString()!;
                reader.Read();
                row.Add(cellId, reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number => reader.GetDouble(),
                    JsonTokenType.Null => CellValue.Null,
                    _ => reader.GetBoolean(),
                });
            }
        }
        return table;
    }
}
