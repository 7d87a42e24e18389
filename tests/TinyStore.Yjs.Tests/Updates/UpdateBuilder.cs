using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>Writes V1 updates by hand, structs of one client after the other.</summary>
internal sealed class UpdateBuilder
{
    private readonly List<(ulong Client, uint Clock, List<byte[]> Structs)> _groups = [];
    private readonly List<(ulong Client, uint Clock, uint Length)> _deletes = [];

    public UpdateBuilder Group(ulong client, uint clock)
    {
        _groups.Add((client, clock, []));
        return this;
    }

    public UpdateBuilder Struct(string hex) => Struct(Hex.Bytes(hex));

    public UpdateBuilder Struct(byte[] bytes)
    {
        _groups[^1].Structs.Add(bytes);
        return this;
    }

    public UpdateBuilder GC(uint length) => Stretch(YContentKind.GC, length);

    public UpdateBuilder Skip(uint length) => Stretch(YContentKind.Skip, length);

    /// <summary>Text at the start of the root "t", or behind an origin.</summary>
    public UpdateBuilder Text(string text, YItemId? origin = null) => Item(YContentKind.String, origin, w => w.WriteVarString(text));

    public UpdateBuilder Any(params YValue[] values) => Item(YContentKind.Any, null, w =>
    {
        w.WriteVarUint((uint)values.Length);
        foreach (var value in values)
        {
            value.WriteAny(w);
        }
    });

    public UpdateBuilder Item(YContentKind kind, YItemId? origin, Action<Lib0Writer> content)
    {
        using var writer = new Lib0Writer();
        writer.WriteByte((byte)((byte)kind | (origin is null ? 0 : 0x80)));
        if (origin is { } id)
        {
            writer.WriteVarUint(id.Client);
            writer.WriteVarUint(id.Clock);
        }
        else
        {
            writer.WriteVarUint(1);
            writer.WriteVarString("t");
        }

        content(writer);
        return Struct(writer.ToArray());
    }

    public UpdateBuilder Delete(ulong client, uint clock, uint length)
    {
        _deletes.Add((client, clock, length));
        return this;
    }

    public byte[] ToArray()
    {
        using var writer = new Lib0Writer();
        writer.WriteVarUint((uint)_groups.Count);
        foreach (var (client, clock, structs) in _groups)
        {
            writer.WriteVarUint((uint)structs.Count);
            writer.WriteVarUint(client);
            writer.WriteVarUint(clock);
            structs.ForEach(s => writer.WriteBytes(s));
        }

        var clients = _deletes.GroupBy(d => d.Client).OrderByDescending(g => g.Key).ToList();
        writer.WriteVarUint((uint)clients.Count);
        foreach (var client in clients)
        {
            writer.WriteVarUint(client.Key);
            writer.WriteVarUint((uint)client.Count());
            foreach (var (_, clock, length) in client)
            {
                writer.WriteVarUint(clock);
                writer.WriteVarUint(length);
            }
        }

        return writer.ToArray();
    }

    private UpdateBuilder Stretch(YContentKind kind, uint length)
    {
        using var writer = new Lib0Writer();
        writer.WriteByte((byte)kind);
        writer.WriteVarUint(length);
        return Struct(writer.ToArray());
    }
}
