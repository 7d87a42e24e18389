using System.Text.Json;
using TinyStore.Yjs;

namespace TinyStore.Oracle.Documents;

/// <summary>
/// A document with a rehearsal: a second one of the same state, kept so by its updates, on which several operations are
/// tried before they are carried out, since a transaction cannot be taken back. One operation alone checks before it changes.
/// </summary>
internal sealed class OracleDoc : IDisposable
{
    private readonly Dictionary<string, string> _rootKinds = new(StringComparer.Ordinal);
    private OracleDoc? _rehearsal;
    private IDisposable? _following;

    public OracleDoc(YDocOptions options)
    {
        Doc = new YDoc(options);
    }

    public YDoc Doc { get; }

    /// <summary>A root type. As in Yjs, one that was used as one type cannot be used as another.</summary>
    public YType Root(string name, string kind)
    {
        if (_rootKinds.TryGetValue(name, out var known) && known != kind)
        {
            throw new OracleRequestException($"The root \"{name}\" is of the type {known}.");
        }

        YType root = kind switch
        {
            "map" => Doc.GetMap(name),
            "array" => Doc.GetArray(name),
            "text" => Doc.GetText(name),
            "xml" => Doc.GetXmlFragment(name),
            _ => throw new OracleRequestException("The type of a root must be one of map, array, text, xml."),
        };
        _rootKinds[name] = kind;
        return root;
    }

    /// <summary>Runs the operations as one transaction, all of them or none.</summary>
    /// <returns>The update that this transaction emitted, in that version of the format, or null.</returns>
    public ReadOnlyMemory<byte>? Execute(IReadOnlyList<JsonElement> operations, string? origin, int version)
    {
        var known = new Dictionary<string, string>(_rootKinds, StringComparer.Ordinal);
        try
        {
            if (operations.Count > 1)
            {
                Rehearse(operations);
            }

            return ExecuteAtOnce(operations, origin, version);
        }
        catch
        {
            Restore(known);
            throw;
        }
    }

    public void Dispose()
    {
        DropRehearsal();
        Doc.Dispose();
    }

    private void Rehearse(IReadOnlyList<JsonElement> operations)
    {
        var rehearsal = _rehearsal ??= NewRehearsal();
        rehearsal.Restore(_rootKinds);
        rehearsal.Doc.ClientId = Doc.ClientId;
        try
        {
            rehearsal.ExecuteAtOnce(operations, null, 1);
        }
        catch
        {
            DropRehearsal();
            throw;
        }
    }

    private ReadOnlyMemory<byte>? ExecuteAtOnce(IReadOnlyList<JsonElement> operations, string? origin, int version)
    {
        ReadOnlyMemory<byte>? emitted = null;
        YTransaction? own = null;
        // Observers may write too, in transactions of their own: only this one's update is the answer.
        void Capture(YUpdateEvent update) => emitted = ReferenceEquals(update.Transaction, own) ? update.Update : emitted;
        using var observing = version == 2 ? Doc.ObserveUpdatesV2(Capture) : Doc.ObserveUpdates(Capture);
        Doc.Transact(
            transaction =>
            {
                own = transaction;
                foreach (var operation in operations)
                {
                    DocOperations.Run(this, operation);
                }
            },
            origin);
        return emitted;
    }

    private OracleDoc NewRehearsal()
    {
        var rehearsal = new OracleDoc(new YDocOptions { Gc = Doc.Gc });
        rehearsal.Doc.ApplyUpdate(Doc.EncodeStateAsUpdate());
        _following = Doc.ObserveUpdates(update => rehearsal.Doc.ApplyUpdate(update.Update.Span));
        return rehearsal;
    }

    private void DropRehearsal()
    {
        _following?.Dispose();
        _rehearsal?.Dispose();
        _rehearsal = null;
    }

    private void Restore(Dictionary<string, string> rootKinds)
    {
        _rootKinds.Clear();
        foreach (var (name, kind) in rootKinds)
        {
            _rootKinds.Add(name, kind);
        }
    }
}
