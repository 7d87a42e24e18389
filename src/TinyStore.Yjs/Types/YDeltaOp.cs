using System.Diagnostics;
using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

/// <summary>A stretch of a text as <see cref="YText.ToDelta"/> shows it: characters or one embedded object, and the formats on it.</summary>
[DebuggerDisplay("{Insert.DebuggerText,nq}, {Attributes.Count} formats")]
public readonly struct YDeltaOp
{
    private static readonly IReadOnlyDictionary<string, YValue> None = new Dictionary<string, YValue>();

    private readonly IReadOnlyDictionary<string, YValue>? _attributes;

    internal YDeltaOp(YValue insert, IReadOnlyDictionary<string, YValue>? attributes)
    {
        Insert = insert;
        _attributes = attributes;
    }

    /// <summary>Text; or what is embedded: a value or a shared type, which counts as one character.</summary>
    public YValue Insert { get; }

    /// <summary>The formats by name, in the order in which they began; empty where there are none.</summary>
    public IReadOnlyDictionary<string, YValue> Attributes => _attributes ?? None;

    /// <summary><c>{"insert":…,"attributes":{…}}</c>, without attributes where there are none; values as in <see cref="YValue.ToJson"/>.</summary>
    public string ToJson()
    {
        var output = new StringBuilder("{\"insert\":");
        Insert.AppendJson(output);
        if (_attributes is not null)
        {
            var separator = ",\"attributes\":{";
            foreach (var (key, value) in _attributes)
            {
                output.Append(separator);
                JsonText.AppendString(output, key);
                output.Append(':');
                value.AppendJson(output);
                separator = ",";
            }

            output.Append('}');
        }

        return output.Append('}').ToString();
    }
}
