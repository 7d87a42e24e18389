namespace TinyStore;

/// <summary>What happened to an id in a transaction.</summary>
public enum IdChange
{
    /// <summary>It is gone.</summary>
    Removed = -1,

    /// <summary>It is new.</summary>
    Added = 1,
}

/// <summary>Where to find the id changes that a listener may ask for: they are only put together when it does.</summary>
internal readonly struct IdChanges
{
    private static readonly OrderedDictionary<string, IdChange> None = new(StringComparer.Ordinal);

    private readonly ChangeLog? _log;
    private readonly OrderedMap<int>? _ids;
    private readonly TableLog? _table;
    private readonly int _row;
    private readonly int _version;

    private IdChanges(ChangeLog log, OrderedMap<int>? ids, TableLog? table, int row)
    {
        _log = log;
        _ids = ids;
        _table = table;
        _row = row;
        _version = log.Version;
    }

    public static IdChanges Of(ChangeLog log, OrderedMap<int> ids) => new(log, ids, null, -1);

    public static IdChanges OfRows(ChangeLog log, TableLog table) => new(log, null, table, -1);

    public static IdChanges OfCells(ChangeLog log, int row) => new(log, null, null, row);

    public IReadOnlyDictionary<string, IdChange> ToDictionary()
    {
        if (_log is null)
        {
            return None;
        }
        if (_log.Version != _version)
        {
            throw Errors.TransactionOver();
        }
        var result = new OrderedDictionary<string, IdChange>(StringComparer.Ordinal);
        if (_ids is not null)
        {
            for (var i = 0; i < _ids.End; i++)
            {
                if (_ids.KeyAt(i) is { } id)
                {
                    result.Add(id, (IdChange)_ids.ValueAt(i));
                }
            }
        }
        else if (_table is not null)
        {
            for (var i = _table.FirstRowId; i >= 0; i = _log.Rows[i].IdAfter)
            {
                result.Add(_log.Rows[i].Id, (IdChange)_log.Rows[i].IdChange);
            }
        }
        else
        {
            for (var i = _log.Rows[_row].FirstCellId; i >= 0; i = _log.Cells[i].IdAfter)
            {
                result.Add(_log.Cells[i].Id, (IdChange)_log.Cells[i].IdChange);
            }
        }
        return result;
    }
}
