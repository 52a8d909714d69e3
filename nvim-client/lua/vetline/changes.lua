-- What changed in a buffer since somebody last looked: hunks in bytes, a line's end being one.

local M = {}

-- Above this many places it is not told apart any more what came from where.
local MOST = 1000

---@class vetline.Hunk
---@field start integer where it is now
---@field removed integer bytes of the old text that are gone
---@field added integer bytes that stand there now

--- Add a change: `old` bytes at `start` became `new`. Hunks that touch become one.
---@param hunks vetline.Hunk[] in order of place
function M.add(hunks, start, old, new)
  if #hunks > MOST then
    return
  end
  local last = #hunks
  while last > 0 and hunks[last].start > start + old do
    hunks[last].start = hunks[last].start + new - old
    last = last - 1
  end
  local from, to, removed, known = start, start + old, 0, 0
  while last > 0 and hunks[last].start + hunks[last].added >= start do
    local hunk = table.remove(hunks, last)
    from = math.min(from, hunk.start)
    to = math.max(to, hunk.start + hunk.added)
    removed, known = removed + hunk.removed, known + hunk.added
    last = last - 1
  end
  table.insert(hunks, last + 1, {
    start = from,
    removed = removed + (to - from) - known,
    added = (to - from) - old + new,
  })
end

--- The text of a buffer as its offsets count it.
function M.text(buf)
  return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\n') .. '\n'
end

local function inside_character(text, index)
  local byte = text:byte(index)
  return byte and byte >= 0x80 and byte < 0xC0
end

--- How many bytes of `new` stand in `old` too, at its start and at its end: whole characters.
local function same(old, new)
  local most, head, tail = math.min(#old, #new), 0, 0
  while head < most and old:byte(head + 1) == new:byte(head + 1) do
    head = head + 1
  end
  while head > 0 and inside_character(new, head + 1) do
    head = head - 1
  end
  while tail < most - head and old:byte(#old - tail) == new:byte(#new - tail) do
    tail = tail + 1
  end
  while tail > 0 and inside_character(new, #new - tail + 1) do
    tail = tail - 1
  end
  return head, tail
end

--- Row and column of an offset.
local function place(buf, offset)
  local low, high = 0, vim.api.nvim_buf_line_count(buf)
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if vim.api.nvim_buf_get_offset(buf, middle) <= offset then
      low = middle
    else
      high = middle - 1
    end
  end
  return low, offset - vim.api.nvim_buf_get_offset(buf, low)
end

--- The ranges that hold new text, as nvim_buf_set_text() counts them; none when there were too many.
---@param hunks vetline.Hunk[]
---@param before? string the text before; with it, what only was put again does not count
function M.ranges(buf, hunks, before)
  local found, moved = {}, 0
  local after = before and M.text(buf)
  for _, hunk in ipairs(#hunks > MOST and {} or hunks) do
    local first, stop = hunk.start, hunk.start + hunk.added
    if before and hunk.removed > 0 then
      local old = before:sub(first - moved + 1, first - moved + hunk.removed)
      local head, tail = same(old, after:sub(first + 1, stop))
      first, stop = first + head, stop - tail
    end
    moved = moved + hunk.added - hunk.removed
    if stop > first then
      local row, column = place(buf, first)
      found[#found + 1] = { row, column, place(buf, stop) }
    end
  end
  return found
end

return M
