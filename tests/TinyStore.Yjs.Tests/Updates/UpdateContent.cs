using System.Text;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>
/// What an update says, element by element: the same whether elements come as one struct or as several, and in whatever order.
/// </summary>
internal sealed class UpdateContent
{
    public SortedDictionary<(ulong Client, uint Clock), string> Elements { get; } = [];

    public SortedSet<(ulong Client, uint Clock)> Deleted { get; } = [];

    /// <summary>Elements for which two updates, or one twice, said different things.</summary>
    public int Contradictions { get; private set; }

    public static UpdateContent Of(params IEnumerable<byte[]> updates)
    {
        var content = new UpdateContent();
        foreach (var update in updates)
        {
            content.Add(update);
        }

        return content;
    }

    public string Describe() => string.Join('\n', Elements.Select(e => $"{e.Key.Client}:{e.Key.Clock} {e.Value}")) + "\ndeleted " + string.Join(' ', Deleted);

    private void Add(byte[] update)
    {
        var reader = new YStructReader(update, validate: true);
        while (reader.Read())
        {
            var s = reader.Current;
            if (s.Kind != YContentKind.Skip)
            {
                AddStruct(update, in s);
            }
        }

        var deletes = new YDeleteSetReader(update, reader.Position);
        while (deletes.NextClient())
        {
            while (deletes.NextRange())
            {
                for (var i = 0u; i < deletes.Length; i++)
                {
                    Deleted.Add((deletes.Client, deletes.Clock + i));
                }
            }
        }
    }

    private void AddStruct(byte[] update, in YStruct s)
    {
        var contents = Contents(update, in s);
        for (var i = 0u; i < s.Length; i++)
        {
            // Of a run, only the first element says where it stands; each of the others stands behind the one before.
            var place = !s.IsItem ? "" : i > 0 ? $"after {s.Client}:{s.Clock + i - 1}" : s.HasOrigin ? $"after {s.Origin}" : "";
            if (s.IsItem && s.HasRightOrigin)
            {
                place += $" before {s.RightOrigin}";
            }

            if (i == 0 && s.ParentKind != YParentKind.FromOrigin)
            {
                place += s.ParentKind == YParentKind.Root ? $" in {Encoding.UTF8.GetString(s.ParentName(update))}" : $" in {s.ParentId}";
                place += s.HasKey ? $" at {Encoding.UTF8.GetString(s.Key(update))}" : "";
            }

            var said = $"{s.Kind} {contents[(int)i]} {place}";
            if (!Elements.TryAdd((s.Client, s.Clock + i), said) && Elements[(s.Client, s.Clock + i)] != said)
            {
                Contradictions++;
            }
        }
    }

    private static List<string> Contents(byte[] update, in YStruct s)
    {
        var bytes = s.ContentBytes(update);
        switch (s.Kind)
        {
            case YContentKind.String:
                return [.. Encoding.UTF8.GetString(bytes).Select(c => ((int)c).ToString("x4", null))];
            case YContentKind.Any or YContentKind.Json:
                var result = new List<string>();
                var reader = new Lib0Reader(bytes);
                while (!reader.AtEnd)
                {
                    var start = reader.Position;
                    if (s.Kind == YContentKind.Any)
                    {
                        Lib0Any.Validate(ref reader);
                    }
                    else
                    {
                        reader.ReadVarUtf8();
                    }

                    result.Add(Hex.Text(bytes[start..reader.Position]));
                }

                return result;
            case YContentKind.GC or YContentKind.Deleted:
                return [.. Enumerable.Repeat("", (int)s.Length)];
            default:
                return [$"{s.TypeRef} {Hex.Text(bytes)}"];
        }
    }
}
