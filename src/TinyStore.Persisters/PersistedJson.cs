using System.Text.Json;

namespace TinyStore.Persisters;

/// <summary>What is persisted is not what a store can hold. It was left as it is.</summary>
public sealed class PersistedDataException : Exception
{
    /// <summary>With what is wrong, and where.</summary>
    public PersistedDataException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Reads the JSON in which TinyBase persists a store: <c>[tables, values]</c>.</summary>
public static class PersistedJson
{
    private const int MaxDepth = 1000;

    /// <summary>Reads it. The values may be missing: a load then leaves the store's as they are, as TinyBase does.</summary>
    /// <param name="utf8Json">The JSON.</param>
    /// <param name="where">What messages call the place, such as a file's path.</param>
    /// <exception cref="PersistedDataException">It is not JSON (cut short, say), or has another shape.</exception>
    public static PersistedData Read(ReadOnlySpan<byte> utf8Json, string where)
    {
        if (utf8Json.StartsWith("\uFEFF"u8))
        {
            utf8Json = utf8Json[3..];
        }
        var hasValues = CheckShape(utf8Json, where);
        try
        {
            var content = new Store().SetJson(utf8Json).GetContent();
            return hasValues ? PersistedData.From(content) : PersistedData.From(content, new PersistedScope(null, new HashSet<string>()));
        }
        catch (FormatException error)
        {
            throw NotJson(where, error);
        }
    }

    private static bool CheckShape(ReadOnlySpan<byte> utf8Json, string where)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw OtherShape(where, "is no array");
            }
            var objects = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (objects < 2 && reader.TokenType != JsonTokenType.StartObject)
                {
                    throw OtherShape(
                        where,
                        reader.TokenType == JsonTokenType.StartArray ? "is the content of a mergeable store" : "has something else than objects in it");
                }
                objects++;
                reader.Skip();
            }
            if (objects is 0 or > 2)
            {
                throw OtherShape(where, $"is an array of {objects}");
            }
            return objects == 2;
        }
        catch (JsonException error)
        {
            throw NotJson(where, error);
        }
    }

    private static PersistedDataException NotJson(string where, Exception error) =>
        new($"What is in {where} is not JSON, or was cut short; it was left as it is: {error.Message}", error);

    private static PersistedDataException OtherShape(string where, string what) =>
        new($"What is in {where} {what}; a store is persisted as [tables, values]. It was left as it is.");
}
