namespace TinyStore;

/// <summary>The schemas of one table's cells, or of the values, made ready to check with. Never changes.</summary>
internal sealed class SchemaRules
{
    private readonly OrderedDictionary<string, CellSchema> _schemas = new(StringComparer.Ordinal);

    public SchemaRules(OrderedDictionary<string, CellSchema> schemas, SchemaRules? previous = null)
    {
        // What was there keeps its place in the JSON, as in TinyBase; defaults come in the order of the new schema.
        foreach (var id in previous?._schemas.Keys ?? Enumerable.Empty<string>())
        {
            if (schemas.TryGetValue(id, out var schema))
            {
                _schemas.Add(id, schema);
            }
        }
        foreach (var (id, schema) in schemas)
        {
            _schemas.TryAdd(id, schema);
            if (schema.Default is { } value)
            {
                Defaults.Add(new(id, value));
                continue;
            }
            WithoutDefault.Add(id);
            if (schema.Required)
            {
                Required.Add(id);
            }
        }
    }

    public IEnumerable<KeyValuePair<string, CellSchema>> Schemas => _schemas;

    public List<KeyValuePair<string, CellValue>> Defaults { get; } = [];

    public List<string> WithoutDefault { get; } = [];

    /// <summary>Those that have no default and must be there.</summary>
    public List<string> Required { get; } = [];

    public CellSchema? Find(string id) => _schemas.GetValueOrDefault(id);
}

/// <summary>The schemas before a transaction changed them.</summary>
internal sealed record SchemaBackup(OrderedDictionary<string, SchemaRules>? Tables, SchemaRules? Values);
