using System.Text.Json;

namespace TinyStore;

/// <summary>TinyBase's JSON of schemas: <c>{"pets":{"species":{"type":"string","default":"dog"}}}</c>.</summary>
internal static class SchemaJson
{
    private const string Type = "type";
    private const string EnumName = "enum";
    private const string Default = "default";
    private const string AllowNull = "allowNull";
    private const string Required = "required";

    private static readonly (string Name, CellKind Kind)[] TypeNames =
    [
        ("string", CellKind.String),
        ("number", CellKind.Number),
        ("boolean", CellKind.Boolean),
        ("object", CellKind.Object),
        ("array", CellKind.Array),
    ];

    public static TablesSchema ReadTables(string json) => JsonReading.Read(json, "of a tables schema", static (ref reader, strings) =>
    {
        var tables = new TablesSchema();
        foreach (var (tableId, table) in Members(ref reader, strings, static (ref r, s) => ReadSchemas(ref r, s, new TableSchema())))
        {
            if (table.Count > 0)
            {
                tables[tableId] = table;
            }
        }
        return tables;
    });

    public static ValuesSchema ReadValues(string json) => JsonReading.Read(json, "of a values schema",
        static (ref reader, strings) => ReadSchemas(ref reader, strings, new ValuesSchema()));

    public static void Write(JsonText text, OrderedDictionary<string, SchemaRules>? tables)
    {
        text.Write('{');
        var first = true;
        foreach (var (tableId, rules) in tables ?? [])
        {
            WriteName(text, tableId, ref first);
            Write(text, rules);
        }
        text.Write('}');
    }

    public static void Write(JsonText text, SchemaRules? rules)
    {
        text.Write('{');
        var first = true;
        foreach (var (id, schema) in rules?.Schemas ?? [])
        {
            WriteName(text, id, ref first);
            Write(text, schema);
        }
        text.Write('}');
    }

    private static T ReadSchemas<T>(ref Utf8JsonReader reader, StringCache strings, T schemas)
        where T : OrderedDictionary<string, CellSchema>
    {
        foreach (var (id, schema) in Members(ref reader, strings, ReadSchema))
        {
            if (schema is not null)
            {
                schemas[id] = schema;
            }
        }
        return schemas;
    }

    private static CellSchema? ReadSchema(ref Utf8JsonReader reader, StringCache strings)
    {
        var members = Members(ref reader, strings, static (ref r, s) => JsonReading.ReadCell(ref r, s));
        foreach (var unknown in members.Keys.Where(static m => m is not (Type or EnumName or Default or AllowNull or Required)).ToList())
        {
            members.Remove(unknown);
        }
        var hasType = members.TryGetValue(Type, out var type);
        var hasEnum = members.TryGetValue(EnumName, out var values);
        if (hasType == hasEnum)
        {
            return null;
        }
        var list = hasEnum ? Elements(values) : type.Kind == CellKind.Array ? Elements(type) : [type];
        var kinds = hasEnum ? [] : list.ConvertAll(KindOf);
        if (hasEnum ? values.Kind != CellKind.Array || !CellSchema.IsEnum([.. list]) : kinds.Count == 0 || kinds.Contains(CellKind.Undefined))
        {
            return null;
        }
        var shape = hasEnum ? CellSchema.OneOf([.. list]) : new CellSchema([.. kinds]);
        var allowNull = members.TryGetValue(AllowNull, out var allow) && IsTruthy(allow);
        var hasDefault = members.TryGetValue(Default, out var value);
        if (hasDefault && value.IsNull && !allowNull)
        {
            return null;
        }
        if (hasDefault && !value.IsNull && !shape.Allows(value))
        {
            hasDefault = false;
            members.Remove(Default);
        }
        var isRequired = members.TryGetValue(Required, out var required) && required == true;
        return shape.With(hasDefault ? value : default(CellValue?), allowNull, isRequired, [.. members.Keys], type.Kind == CellKind.Array);
    }

    private static void Write(JsonText text, CellSchema schema)
    {
        text.Write('{');
        var first = true;
        foreach (var member in schema.JsonMembers ?? MembersOf(schema))
        {
            WriteName(text, member, ref first);
            switch (member)
            {
                case Type:
                    WriteTypes(text, schema);
                    break;
                case EnumName:
                    WriteList(text, schema.Enum, static (t, v) => t.WriteScalar(v));
                    break;
                case Default:
                    text.Write(schema.Default!.Value.ToJson());
                    break;
                case AllowNull:
                    text.WriteScalar(schema.AllowNull);
                    break;
                default:
                    text.WriteScalar(schema.Required);
                    break;
            }
        }
        text.Write('}');
    }

    private static void WriteTypes(JsonText text, CellSchema schema)
    {
        if (schema.Types.Count == 1 && !schema.TypeIsArray)
        {
            text.WriteString(NameOf(schema.Types[0]));
        }
        else
        {
            WriteList(text, schema.Types, static (t, k) => t.WriteString(NameOf(k)));
        }
    }

    private static void WriteList<T>(JsonText text, IReadOnlyList<T> items, Action<JsonText, T> write)
    {
        text.Write('[');
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                text.Write(',');
            }
            write(text, items[i]);
        }
        text.Write(']');
    }

    private static void WriteName(JsonText text, string name, ref bool first)
    {
        if (!first)
        {
            text.Write(',');
        }
        first = false;
        text.WriteString(name);
        text.Write(':');
    }

    private static IEnumerable<string> MembersOf(CellSchema schema)
    {
        yield return schema.Types.Count > 0 ? Type : EnumName;
        if (schema.Default is not null)
        {
            yield return Default;
        }
        if (schema.AllowNull)
        {
            yield return AllowNull;
        }
        if (schema.Required)
        {
            yield return Required;
        }
    }

    private static OrderedDictionary<string, T> Members<T>(ref Utf8JsonReader reader, StringCache strings, JsonReading.Reader<T> read)
    {
        var members = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return members;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = strings.Read(ref reader);
            reader.Read();
            members[name] = read(ref reader, strings);
        }
        return members;
    }

    private static List<CellValue> Elements(CellValue array) =>
        array.Kind != CellKind.Array ? [] : JsonReading.Read(array.AsJson(), "of a list", static (ref reader, strings) =>
        {
            var elements = new List<CellValue>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                elements.Add(JsonReading.ReadCell(ref reader, strings));
            }
            return elements;
        });

    private static CellKind KindOf(CellValue name) => name.TryGetString(out var text)
        ? Array.Find(TypeNames, t => t.Name == text).Kind
        : CellKind.Undefined;

    private static string NameOf(CellKind kind) => Array.Find(TypeNames, t => t.Kind == kind).Name;

    // As JavaScript judges what stands in an if.
    private static bool IsTruthy(CellValue value) => value.Kind switch
    {
        CellKind.Boolean => value.AsBoolean(),
        CellKind.Number => value.AsDouble() != 0,
        CellKind.String => value.AsString().Length > 0,
        CellKind.Object or CellKind.Array => true,
        _ => false,
    };
}
